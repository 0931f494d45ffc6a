//go:build browser

package browsertest

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/chromedp/chromedp"

	"callback-completer/internal/local/bootstrap"
)

var (
	axePath     = flag.String("axe", "../../.tools/axe/node_modules/axe-core/axe.min.js", "axe-core, as npm installs it")
	screenshots = flag.String("screenshots", "", "write the screenshots of the documentation into this folder")
)

// shared is what all tests use: it is made once and not changed.
var shared struct {
	browser  context.Context //nolint:containedctx // it is the browser: chromedp keeps it there
	function string          // the executable of functions/http
	axe      string          // its source
}

func TestMain(m *testing.M) {
	flag.Parse()
	code, err := run(m)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

func run(m *testing.M) (code int, err error) {
	chromium, err := lookChromium()
	if err != nil {
		return 1, err
	}
	axe, err := os.ReadFile(*axePath)
	if err != nil {
		return 1, fmt.Errorf("axe-core is missing, which make test-browser installs: %w", err)
	}
	shared.axe = string(axe)
	folder, err := os.MkdirTemp("", "browsertest-")
	if err != nil {
		return 1, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()
	if shared.function, err = buildFunction(folder); err != nil {
		return 1, err
	}
	fonts, err := filepath.Abs(filepath.Join("testdata", "fonts.conf"))
	if err != nil {
		return 1, err
	}
	options := append([]chromedp.ExecAllocatorOption{
		chromedp.ExecPath(chromium),
		chromedp.Env("FONTCONFIG_FILE=" + fonts),
		chromedp.UserDataDir(filepath.Join(folder, "profile")),
	}, flags()...)
	allocator, release := chromedp.NewExecAllocator(context.Background(), options...)
	defer release()
	browser, quit := chromedp.NewContext(allocator)
	defer quit()
	if err := chromedp.Do(browser); err != nil { // the browser lives as long as this context
		return 1, fmt.Errorf("start %s: %w", chromium, err)
	}
	shared.browser = browser
	return m.Run(), nil
}

// flags are for a browser that asks nobody but the tests for anything and looks the same everywhere.
func flags() []chromedp.ExecAllocatorOption {
	all := []chromedp.ExecAllocatorOption{
		chromedp.NoFirstRun, chromedp.NoDefaultBrowserCheck, chromedp.Headless, chromedp.DisableGPU,
		chromedp.Flag("accept-lang", "en-US"),
		chromedp.Flag("font-render-hinting", "none"),
		chromedp.Flag("force-color-profile", "srgb"),
		chromedp.Flag("hide-scrollbars", true),
		chromedp.Flag("host-resolver-rules", "MAP "+strangerHost+" 127.0.0.1, MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"),
	}
	for _, name := range []string{
		"disable-background-networking", "disable-background-timer-throttling", "disable-backgrounding-occluded-windows",
		"disable-breakpad", "disable-component-update", "disable-default-apps", "disable-dev-shm-usage", "disable-extensions",
		"disable-popup-blocking", "disable-prompt-on-repost", "disable-quic", "disable-renderer-backgrounding", "disable-sync",
	} {
		all = append(all, chromedp.Flag(name, true))
	}
	return all // chromedp adds no-sandbox for root
}

func lookChromium() (string, error) {
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	return "", errors.New("chromium is not on PATH: install it (on Debian, apt-get install chromium fonts-liberation), or run make test-browser as root there, which does")
}

func buildFunction(folder string) (string, error) {
	root, err := bootstrap.Root(".")
	if err != nil {
		return "", err
	}
	if err := bootstrap.Build(context.Background(), root, folder, "./functions/http"); err != nil {
		return "", err
	}
	return filepath.Join(folder, "http"), nil
}
