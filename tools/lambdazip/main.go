// Command lambdazip writes a Lambda deployment package: a zip with one executable, and its SHA-256 beside it in
// the form that `sha256sum -c` reads. The same executable gives the same bytes, whenever and wherever it is packed.
package main

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

func main() {
	out := flag.String("o", "", "zip file to write")
	flag.Parse()
	if *out == "" || flag.NArg() != 1 {
		fmt.Fprintln(os.Stderr, "usage: lambdazip -o FILE.zip EXECUTABLE")
		os.Exit(2)
	}
	if err := run(*out, flag.Arg(0)); err != nil {
		fmt.Fprintln(os.Stderr, "lambdazip:", err)
		os.Exit(1)
	}
}

// run packs the executable into the zip file out and writes out.sha256.
func run(out, executable string) error {
	content, err := os.ReadFile(executable) //nolint:gosec // the caller names the file to pack
	if err != nil {
		return fmt.Errorf("read the executable: %w", err)
	}
	var archive bytes.Buffer
	if err := pack(&archive, filepath.Base(executable), content); err != nil {
		return fmt.Errorf("pack: %w", err)
	}
	if err := os.WriteFile(out, archive.Bytes(), 0o644); err != nil { //nolint:gosec // a package is for everybody to read
		return fmt.Errorf("write the package: %w", err)
	}
	sum := fmt.Sprintf("%x  %s\n", sha256.Sum256(archive.Bytes()), filepath.Base(out))
	if err := os.WriteFile(out+".sha256", []byte(sum), 0o644); err != nil { //nolint:gosec // as above
		return fmt.Errorf("write the checksum: %w", err)
	}
	return nil
}

// pack writes a zip with one executable file. The time is the earliest that zip knows, and none of the
// caller's owner or mode is taken over.
func pack(w io.Writer, name string, content []byte) error {
	header := &zip.FileHeader{
		Name:     name,
		Method:   zip.Deflate,
		Modified: time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC),
	}
	header.SetMode(fs.FileMode(0o755))
	archive := zip.NewWriter(w)
	entry, err := archive.CreateHeader(header)
	if err != nil {
		return err
	}
	if _, err := entry.Write(content); err != nil {
		return err
	}
	return archive.Close()
}
