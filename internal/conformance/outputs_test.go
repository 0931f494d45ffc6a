package conformance

import (
	"fmt"
	"strings"
)

// maxOutput is AWS's limit of an output in bytes of UTF-8.
const maxOutput = 262_144

func outputs() section {
	api := sfnAPI("SendTaskSuccess")
	return newSection("Outputs",
		behaviour{
			name: "output that is not JSON", observe: output(`not JSON`),
			want: "InvalidOutput, RUNNING", source: api,
			moto: "OK, FAILED States.Runtime", miniStack: `OK, SUCCEEDED "not JSON"`,
		},
		behaviour{
			name: "empty output", observe: output(``),
			want: "InvalidOutput, RUNNING", source: follows(api),
			moto: "OK, FAILED States.Runtime", miniStack: `OK, SUCCEEDED ""`,
		},
		behaviour{
			name: "output NaN", observe: output(`NaN`),
			want: "InvalidOutput, RUNNING", source: follows(api),
			moto: "OK, SUCCEEDED not JSON: NaN", miniStack: "OK, SUCCEEDED not JSON: NaN",
		},
		behaviour{
			name: "two documents", observe: output(`{} {}`),
			want: "InvalidOutput, RUNNING", source: follows(api),
			moto: "OK, FAILED States.Runtime", miniStack: `OK, SUCCEEDED "{} {}"`,
		},
		behaviour{
			name: "output of 262,145 bytes", observe: output(text(maxOutput + 1)),
			want: "ValidationException, RUNNING", source: follows(api),
			moto: "OK, SUCCEEDED, 262143 bytes", miniStack: "OK, SUCCEEDED, 262145 bytes",
		},
		behaviour{
			name:    "output of 262,146 bytes in 131,074 characters",
			observe: output(`"` + strings.Repeat("é", 131_072) + `"`),
			want:    "ValidationException, RUNNING", source: follows(api),
			moto: "OK, FAILED States.DataLimitExceeded", miniStack: "OK, SUCCEEDED, 786434 bytes",
		},
		behaviour{
			name: "output of 262,144 bytes", observe: largest,
			want: "SUCCEEDED, 262144 bytes", source: api,
			moto: "SUCCEEDED, 262142 bytes",
		},
		behaviour{
			name: "output that is a string", observe: output(`"s"`),
			want: `OK, SUCCEEDED "s"`, source: follows(api),
			moto: "OK, SUCCEEDED not JSON: s",
		},
		behaviour{
			name: "output null", observe: output(`null`),
			want: `OK, SUCCEEDED null`, source: follows(api),
			moto: "OK, SUCCEEDED",
		},
		behaviour{
			name: "output of numbers that a float cannot hold", observe: output(`[9007199254740993,1.10,1E400]`),
			want: `OK, SUCCEEDED [9007199254740993,1.10,1E400]`,
			moto: "OK, SUCCEEDED not JSON: [9007199254740993, 1.1, Infinity]", miniStack: "OK, SUCCEEDED not JSON: [9007199254740993, 1.1, Infinity]",
		},
	)
}

// output is what SendTaskSuccess answers to the output, and how the execution stands then.
func output(document string) func(bench) string {
	return func(b bench) string {
		b.Helper()
		e, token := b.waiting(`"End": true`)
		if code := b.succeed(token, document); code != "OK" {
			return code + ", " + e.status()
		}
		out := e.end()
		if out.Output == nil {
			out.Cause = nil // whatever words it finds
		} else if len(*out.Output) > 100 {
			return fmt.Sprintf("OK, %s, %d bytes", out.Status, len(*out.Output))
		}
		return "OK, " + result(out)
	}
}

func largest(b bench) string {
	e, token := b.waiting(`"End": true`)
	b.mustOK(b.succeed(token, text(maxOutput)))
	out := e.end()
	if out.Output == nil {
		return result(out)
	}
	return fmt.Sprintf("%s, %d bytes", out.Status, len(*out.Output))
}

// text is a JSON string of this many bytes, its quotes included.
func text(bytes int) string { return `"` + strings.Repeat("x", bytes-2) + `"` }
