package callback_test

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	gotoken "go/token"
	"io/fs"
	"log/slog"
	"path/filepath"
	"strings"
	"testing"

	"callback-completer/internal/callback"
)

// TestTokenCannotBePrinted prints a token in every way that Go's own packages know, alone and inside other values.
func TestTokenCannotBePrinted(t *testing.T) {
	t.Parallel()
	const canary = "CANARY-TOKEN"
	tok := token(t, canary)
	hidden := struct {
		Shown  callback.Token
		hidden callback.Token
		deep   []map[string]callback.Token
		point  *callback.Token
	}{tok, tok, []map[string]callback.Token{{"k": tok}}, &tok}
	whole := callback.Callback{Token: tok, Outcome: callback.Heartbeat}
	var out bytes.Buffer
	for _, v := range []any{tok, &tok, hidden, &hidden, whole, &whole, []callback.Token{tok}, map[string]any{"k": tok}, errors.New(tok.String())} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%t", "%c", "%U", "%p", "%T", "%10.3s"} {
			fmt.Fprintf(&out, verb+"\n", v) // wrong verbs are the point
		}
		fmt.Fprintln(&out, v)
		if text, err := json.Marshal(v); err == nil {
			out.Write(text)
		}
		if text, err := xml.Marshal(v); err == nil {
			out.Write(text)
		}
		for _, h := range []slog.Handler{slog.NewJSONHandler(&out, nil), slog.NewTextHandler(&out, nil)} {
			slog.New(h).Info("x", "v", v, slog.Group("g", "v", v))
		}
	}
	out.WriteString(tok.GoString() + tok.String() + tok.Fingerprint() + tok.LogValue().String())
	if strings.Contains(out.String(), canary) {
		at := strings.Index(out.String(), canary)
		t.Errorf("the token was printed: …%s", out.String()[max(0, at-60):at+len(canary)])
	}
	if out.Len() < 1000 {
		t.Errorf("only %d bytes were printed; the test no longer prints", out.Len())
	}
}

// TestOnlyTheStepFunctionsClientRevealsTokens reads every call in the module.
func TestOnlyTheStepFunctionsClientRevealsTokens(t *testing.T) {
	t.Parallel()
	root := filepath.Join("..", "..")
	var callers []string
	files := 0
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() {
			if name := entry.Name(); strings.HasPrefix(name, ".") && len(name) > 2 || name == "node_modules" {
				return filepath.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return nil
		}
		file, err := parser.ParseFile(gotoken.NewFileSet(), path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		files++
		ast.Inspect(file, func(n ast.Node) bool {
			if s, ok := n.(*ast.SelectorExpr); ok && s.Sel.Name == "Reveal" {
				dir, _ := filepath.Rel(root, filepath.Dir(path))
				callers = append(callers, filepath.ToSlash(dir))
			}
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	inSfn := 0
	for _, dir := range callers {
		switch dir {
		case "internal/sfn":
			inSfn++
		case "internal/callback": // digests, equality and the callback queue
		default:
			t.Errorf("%s reveals a token", dir)
		}
	}
	if inSfn == 0 || files < 20 {
		t.Errorf("%d files read, %d uses in internal/sfn; the test no longer sees them", files, inSfn)
	}
}

func TestTokenIdentity(t *testing.T) {
	t.Parallel()
	a, same, b := token(t, "a"), token(t, "a"), token(t, "b")
	if !a.Equal(same) || a.Equal(b) || a.Equal(callback.Token{}) || !(callback.Token{}).IsZero() || a.IsZero() {
		t.Error("tokens are not told apart by their text")
	}
	if got := a.Fingerprint(); got != "ca978112ca1b" { // SHA-256 of "a"
		t.Errorf("fingerprint %q", got)
	}
	if got := (callback.Token{}).Fingerprint(); got != "" {
		t.Errorf("fingerprint of no token: %q", got)
	}
}
