package main

import (
	"io"
	"os"
)

// colorful tells whether w is a terminal whose user wants colours: https://no-color.org
func colorful(w io.Writer, env lookup) bool {
	if no, _ := env("NO_COLOR"); no != "" {
		return false
	}
	if terminal, _ := env("TERM"); terminal == "dumb" || terminal == "" {
		return false
	}
	file, ok := w.(*os.File)
	if !ok {
		return false
	}
	info, err := file.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

// outlet ends everything when nobody reads any more.
type outlet struct {
	w    io.Writer
	gone func()
}

func (o *outlet) Write(p []byte) (int, error) {
	n, err := o.w.Write(p)
	if err != nil {
		o.gone()
	}
	return n, err
}
