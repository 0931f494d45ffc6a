//go:build browser

package browsertest

import (
	"bytes"
	"cmp"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"maps"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/chromedp/chromedp"
)

// maxPicture is how large a screenshot of the documentation may be, in bytes.
const maxPicture = 60 << 10

// colours is how many a screenshot keeps.
const colours = 64

// pictures are the screenshots of docs/approvals.md.
var pictures = []struct {
	file, state, scheme string
	width               int64
}{
	{"approval.png", "request", "light", 800},
	{"approval-dark.png", "request", "dark", 800},
	{"approval-phone.png", "request", "light", 320},
	{"approval-phone-dark.png", "phrase", "dark", 320},
	{"approval-problems.png", "problems", "light", 800},
	{"approval-answered.png", "answered", "light", 800},
}

// TestScreenshots takes them, and writes them where it is told to.
func TestScreenshots(t *testing.T) {
	t.Parallel()
	site := gallery(t)
	for _, p := range pictures {
		t.Run(p.file, func(t *testing.T) {
			t.Parallel()
			b := newTab(t)
			b.size(p.width, 600)
			b.prefers("prefers-color-scheme", p.scheme)
			b.open(site.URL() + "/" + url.PathEscape(p.state))
			picture := small(t, do(b, chromedp.FullScreenshot(100))) // 100 is PNG
			if len(picture) > maxPicture {
				t.Errorf("%d bytes", len(picture))
			}
			if *screenshots == "" {
				return
			}
			if err := os.WriteFile(filepath.Join(*screenshots, p.file), picture, 0o644); err != nil {
				t.Fatal(err)
			}
		})
	}
}

// small encodes a picture anew, with a palette of the colours that it has most of. A page has few beside the shades at the edges of its letters.
func small(t *testing.T, picture []byte) []byte {
	t.Helper()
	from, err := png.Decode(bytes.NewReader(picture))
	if err != nil {
		t.Fatal(err)
	}
	counts := map[color.RGBA]int{}
	bounds := from.Bounds()
	for y := bounds.Min.Y; y < bounds.Max.Y; y++ {
		for x := bounds.Min.X; x < bounds.Max.X; x++ {
			c, _ := color.RGBAModel.Convert(from.At(x, y)).(color.RGBA)
			counts[c]++
		}
	}
	all := slices.SortedFunc(maps.Keys(counts), func(a, b color.RGBA) int {
		return cmp.Or(counts[b]-counts[a], int(a.R)-int(b.R), int(a.G)-int(b.G), int(a.B)-int(b.B))
	})
	var kept color.Palette
	for _, c := range all[:min(len(all), colours)] {
		kept = append(kept, c)
	}
	to := image.NewPaletted(bounds, kept)
	draw.Draw(to, bounds, from, bounds.Min, draw.Src)
	var b bytes.Buffer
	if err := (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&b, to); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}
