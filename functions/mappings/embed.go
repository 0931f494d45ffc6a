// Package mappings holds the jq programs that ship with the functions, one for each kind of payload. A file that is
// added here is compiled, tested and deployed with the rest.
//
// What a program sees and may yield is said in internal/mapping and in the README.
package mappings

import (
	"embed"
	"fmt"
	"io/fs"

	"callback-completer/internal/mapping"
)

//go:embed *.jq
var files embed.FS

// Shipped returns the programs in the order of their file names, which is the order in which they are tried. The tests
// compile each of them, so no function need do so before a payload asks for it.
func Shipped() ([]mapping.Program, error) {
	names, err := fs.Glob(files, "*.jq") // sorted
	if err != nil {
		return nil, fmt.Errorf("list the shipped mappings: %w", err)
	}
	programs := make([]mapping.Program, 0, len(names))
	for _, name := range names {
		source, err := files.ReadFile(name)
		if err != nil {
			return nil, fmt.Errorf("read the shipped mapping %s: %w", name, err)
		}
		programs = append(programs, mapping.Program{Name: name, Source: string(source), Proven: true})
	}
	return programs, nil
}
