package callback_test

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"encoding/hex"
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

func TestMask(t *testing.T) {
	t.Parallel()
	if got := token(t, "AAAA").Mask(`{"a":"AAAA","b":"xAAAAx","c":"AAA"}`, "*"); got != `{"a":"*","b":"x*x","c":"AAA"}` {
		t.Errorf("masked: %s", got)
	}
	if got := (callback.Token{}).Mask("text", "*"); got != "text" {
		t.Errorf("no token: %s", got)
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

func TestDerive(t *testing.T) {
	t.Parallel()
	a := token(t, "a")
	// HKDF-SHA256 without salt of "a", info "x": RFC 5869, reckoned with HMAC by hand.
	if got := hex.EncodeToString(a.Derive("x", 16)); got != "e1c5a8175ec741988d9b90fc11c048b1" {
		t.Errorf("derived %s", got)
	}
	if bytes.Equal(a.Derive("x", 16), a.Derive("y", 16)) || bytes.Equal(a.Derive("x", 16), token(t, "b").Derive("x", 16)) {
		t.Error("another purpose or another token gives the same bytes")
	}
	if got := (callback.Token{}).Derive("x", 16); got != nil {
		t.Errorf("no token gives %x", got)
	}
}

func sealer(t *testing.T, key string) cipher.AEAD {
	t.Helper()
	block, err := aes.NewCipher([]byte(key))
	if err != nil {
		t.Fatal(err)
	}
	aead, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		t.Fatal(err)
	}
	return aead
}

func TestSealedTokensOpenAgain(t *testing.T) {
	t.Parallel()
	const overhead = 3 + 12 + 16 // form and length, nonce, tag
	aead := sealer(t, "0123456789abcdef")
	for _, tt := range []struct {
		name, text string
		bytes      int // of the token, as it is kept
	}{
		{"base64", "AAAAKgAAAAIAAAAAAAAAAQ==", 16},
		{"base64 with idle bits set", "AAAAKgAAAAIAAAAAAAAAAR==", 24},
		{"base64 without padding", "AAAAKgAAAAIAAAAAAAAAAQ", 22},
		{"another alphabet", "AAAA-_==", 8},
		{"plain", "local-token!", 12},
		{"long", strings.Repeat("A", callback.MaxTokenBytes), 1536},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			want := token(t, tt.text)
			sealed := want.Seal(aead, []byte("beside"), []byte("additional"))
			if got := len(sealed) - overhead - len("beside"); got != tt.bytes {
				t.Errorf("the token takes %d bytes, want %d", got, tt.bytes)
			}
			got, text, err := callback.OpenToken(aead, sealed, []byte("additional"))
			if err != nil || !got.Equal(want) || string(text) != "beside" {
				t.Errorf("opened to another token or to %q, %v", text, err)
			}
			for i := range min(len(sealed), 64) {
				forged := bytes.Clone(sealed)
				forged[i] ^= 1
				if _, _, err := callback.OpenToken(aead, forged, []byte("additional")); !errors.Is(err, callback.ErrSealed) {
					t.Fatalf("with byte %d changed: %v", i, err)
				}
			}
		})
	}
}

func TestWhatNobodySealedDoesNotOpen(t *testing.T) {
	t.Parallel()
	aead := sealer(t, "0123456789abcdef")
	good := token(t, "t").Seal(aead, nil, nil)
	for name, open := range map[string]func() ([]byte, cipher.AEAD, []byte){
		"another key":        func() ([]byte, cipher.AEAD, []byte) { return good, sealer(t, "fedcba9876543210"), nil },
		"other additional":   func() ([]byte, cipher.AEAD, []byte) { return good, aead, []byte("x") },
		"nothing":            func() ([]byte, cipher.AEAD, []byte) { return nil, aead, nil },
		"too short":          func() ([]byte, cipher.AEAD, []byte) { return aead.Seal(nil, nil, []byte{0, 0}, nil), aead, nil },
		"length beyond":      func() ([]byte, cipher.AEAD, []byte) { return aead.Seal(nil, nil, []byte{0, 0, 2, 'x'}, nil), aead, nil },
		"unknown form":       func() ([]byte, cipher.AEAD, []byte) { return aead.Seal(nil, nil, []byte{2, 0, 1, 'x'}, nil), aead, nil },
		"no token inside":    func() ([]byte, cipher.AEAD, []byte) { return aead.Seal(nil, nil, []byte{0, 0, 0}, nil), aead, nil },
		"no possible token":  func() ([]byte, cipher.AEAD, []byte) { return aead.Seal(nil, nil, []byte{0, 0, 1, ' '}, nil), aead, nil },
		"cut in the sealing": func() ([]byte, cipher.AEAD, []byte) { return good[:len(good)-1], aead, nil },
	} {
		sealed, with, additional := open()
		if _, _, err := callback.OpenToken(with, sealed, additional); !errors.Is(err, callback.ErrSealed) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
