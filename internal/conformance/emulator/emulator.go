package emulator

import (
	"context"
	"fmt"
	"net/http"
	"path/filepath"
	"strings"
)

// Moto starts moto with its Step Functions interpreter switched on. What it writes to disk goes into folder.
func Moto(ctx context.Context, folder string) (*Server, error) {
	s, err := start(ctx, spec{
		program: "moto_server", args: []string{"-H", "127.0.0.1", "-p", "{port}"},
		env:    []string{"MOTO_PORT={port}"},
		ready:  Request{Method: http.MethodGet, Path: "/moto-api/"},
		folder: folder,
	})
	if err != nil {
		return nil, err
	}
	_, err = s.Call(ctx, Request{
		Method: http.MethodPost, Path: "/moto-api/config", Body: []byte(`{"stepfunctions":{"execute_state_machine":true}}`),
	})
	if err != nil {
		s.Close()
		return nil, fmt.Errorf("switch on moto's interpreter: %w", err)
	}
	return s, nil
}

// MiniStack starts MiniStack. Functions that it runs find it through AWS_ENDPOINT_URL. What it writes to disk goes
// into folder.
func MiniStack(ctx context.Context, folder string) (*Server, error) {
	return start(ctx, spec{
		program: "ministack",
		env: []string{
			"GATEWAY_PORT={port}", "BIND_HOST=127.0.0.1", "MINISTACK_HOST=127.0.0.1",
			"AWS_ENDPOINT_URL=http://127.0.0.1:{port}",
			// Its MQTT and SFTP servers would listen on every interface.
			"IOT_MTLS_ENABLED=0", "SFTP_ENABLED=0",
			"STATE_DIR=" + filepath.Join(folder, "state"), "S3_DATA_DIR=" + filepath.Join(folder, "s3"),
			// There may be a Docker engine: it is not to be asked.
			"LAMBDA_EXECUTOR=local", "DOCKER_HOST=unix://" + filepath.Join(folder, "no-docker.sock"),
		},
		ready:  Request{Method: http.MethodGet, Path: "/_ministack/health"},
		folder: folder,
	})
}

// spec says how to run a server. "{port}" stands for the port in args and env.
type spec struct {
	program string
	args    []string
	env     []string
	ready   Request // is answered 2xx as soon as the server serves
	folder  string
}

// at returns args and environment for a port. Nothing is inherited: AWS settings of the caller would lead the server astray.
func (s spec) at(port, program string) (args, env []string) {
	env = []string{
		"PATH=" + filepath.Dir(program) + ":/usr/local/bin:/usr/bin:/bin", "HOME=" + s.folder, "TMPDIR=" + s.folder,
		"PYTHONUNBUFFERED=1", "AWS_ACCESS_KEY_ID=test", "AWS_SECRET_ACCESS_KEY=test", "AWS_DEFAULT_REGION=" + Region,
	}
	for _, pair := range s.env {
		env = append(env, strings.ReplaceAll(pair, "{port}", port))
	}
	for _, arg := range s.args {
		args = append(args, strings.ReplaceAll(arg, "{port}", port))
	}
	return args, env
}
