package main

import (
	"bufio"
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
	return isDevice(w)
}

func isDevice(stream any) bool {
	file, ok := stream.(*os.File)
	if !ok {
		return false
	}
	info, err := file.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

// attended tells whether somebody sits at a terminal, who can open a link and press keys. Machines that build have
// terminals at times, and say what they are by CI.
func attended(out io.Writer, in *os.File, env lookup) bool {
	if machine, _ := env("CI"); machine != "" {
		return false
	}
	return isTerminal(out) && isTerminal(in)
}

// isTerminal is false for /dev/null, which is a device too.
func isTerminal(stream any) bool {
	if !isDevice(stream) {
		return false
	}
	file, _ := stream.(*os.File)
	info, err := file.Stat()
	null, nullErr := os.Stat(os.DevNull)
	return err == nil && (nullErr != nil || !os.SameFile(info, null))
}

// pressed returns a channel that is closed once somebody presses Enter. Reading a terminal cannot be called off: it
// ends with the process.
func pressed(in io.Reader) <-chan struct{} {
	enter := make(chan struct{})
	go func() {
		if _, err := bufio.NewReader(in).ReadString('\n'); err == nil {
			close(enter)
		}
	}()
	return enter
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
