package emulator

import (
	"archive/zip"
	"bytes"
	"fmt"
	"os"
)

// Bundle returns the deployment package of a function whose executable is at path.
func Bundle(path string) ([]byte, error) {
	binary, err := os.ReadFile(path) //nolint:gosec // the caller has built it
	if err != nil {
		return nil, fmt.Errorf("bundle the function: %w", err)
	}
	var out bytes.Buffer
	archive := zip.NewWriter(&out)
	header := &zip.FileHeader{Name: "bootstrap", Method: zip.Deflate}
	header.SetMode(0o755)
	file, err := archive.CreateHeader(header)
	if err == nil {
		_, err = file.Write(binary)
	}
	if err == nil {
		err = archive.Close()
	}
	if err != nil {
		return nil, fmt.Errorf("bundle the function: %w", err)
	}
	return out.Bytes(), nil
}
