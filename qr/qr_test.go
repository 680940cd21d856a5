package qr

import (
	"bytes"
	"fmt"
	"image"
	"image/png"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// contents are what placements hold, in both cases, and what a decoder finds hard.
func contents(n int) []string {
	out := []string{"HTTPS://EXAMPLE.ORG/GB7K2MZ", "https://example.org/gb7k2mz", "http://127.0.0.1:8080/VN0000A", "1", strings.Repeat("A", 300)}
	r := rand.New(rand.NewPCG(1, 2))
	const letters = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
	for len(out) < n {
		code := []byte("HTTPS://LINE.EXAMPLE/GB")
		for range 5 {
			code = append(code, letters[r.IntN(len(letters))])
		}
		out = append(out, string(code))
	}
	return out
}

func mint(t testing.TB, content string) *Code {
	t.Helper()
	c, err := New(content)
	if err != nil {
		t.Fatalf("New(%q): %v", content, err)
	}
	return c
}

func decodePNG(t *testing.T, b []byte) image.Image {
	t.Helper()
	img, err := png.Decode(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	return img
}

// TestReadBack decodes every drawing of many contents with the built-in decoder.
func TestReadBack(t *testing.T) {
	for _, content := range contents(60) {
		c := mint(t, content)
		for _, px := range []int{3 * c.Modules(), 512} {
			b, err := c.PNG(px)
			if err != nil {
				t.Fatal(err)
			}
			img := decodePNG(t, b)
			if img.Bounds().Dx() != px || img.Bounds().Dy() != px {
				t.Fatalf("PNG(%d) is %v", px, img.Bounds())
			}
			if got, ok := read(img); !ok || got != content {
				t.Errorf("PNG(%d) of %q reads %q, %v", px, content, got, ok)
			}
		}
		if got, ok := read((&Code{bitsOfSVG(t, c.SVG())}).raster(4*c.Modules(), 4)); !ok || got != content {
			t.Errorf("SVG of %q reads %q, %v", content, got, ok)
		}
		if got, ok := read((&Code{bitsOfTerminal(c.Terminal(), c.Modules())}).raster(4*c.Modules(), 4)); !ok || got != content {
			t.Errorf("Terminal of %q reads %q, %v", content, got, ok)
		}
	}
}

var moveTo = regexp.MustCompile(`M(\d+) (\d+)h(\d+)v1h-(\d+)z`)

// bitsOfSVG draws the path again.
func bitsOfSVG(t *testing.T, svg []byte) [][]bool {
	t.Helper()
	size := regexp.MustCompile(`viewBox="0 0 (\d+) (\d+)"`).FindSubmatch(svg)
	if size == nil {
		t.Fatalf("no viewBox in %s", svg)
	}
	n, _ := strconv.Atoi(string(size[1]))
	bits := make([][]bool, n)
	for y := range bits {
		bits[y] = make([]bool, n)
	}
	for _, m := range moveTo.FindAllSubmatch(svg, -1) {
		x, _ := strconv.Atoi(string(m[1]))
		y, _ := strconv.Atoi(string(m[2]))
		run, _ := strconv.Atoi(string(m[3]))
		for i := range run {
			bits[y][x+i] = true
		}
	}
	return bits
}

// bitsOfTerminal reads the half blocks as a camera sees them: dark where a block is drawn.
func bitsOfTerminal(s string, n int) [][]bool {
	bits := make([][]bool, 2*((n+1)/2))
	for y := range bits {
		bits[y] = make([]bool, n)
	}
	for i, line := range strings.Split(strings.TrimSuffix(s, "\n"), "\n") {
		line = strings.TrimSuffix(strings.TrimPrefix(line, terminalOn), terminalOff)
		for x, r := range []rune(line) {
			bits[2*i][x] = r == '█' || r == '▀'
			bits[2*i+1][x] = r == '█' || r == '▄'
		}
	}
	return bits[:n]
}

// TestZbar reads the PNGs with another program than the one that New asks.
func TestZbar(t *testing.T) {
	zbar, err := exec.LookPath("zbarimg")
	if err != nil {
		t.Fatal("zbarimg is missing: install it with apt-get install -y --no-install-recommends zbar-tools")
	}
	dir := t.TempDir()
	args := []string{"--quiet", "--raw", "-Sdisable", "-Sqrcode.enable"}
	var want []string
	for i, content := range contents(25) {
		b, err := mint(t, content).PNG(512)
		if err != nil {
			t.Fatal(err)
		}
		name := filepath.Join(dir, fmt.Sprintf("%02d.png", i))
		if err := os.WriteFile(name, b, 0o600); err != nil {
			t.Fatal(err)
		}
		args, want = append(args, name), append(want, content)
	}
	out, err := exec.Command(zbar, args...).Output()
	if err != nil {
		t.Fatalf("zbarimg: %v", err)
	}
	if got := strings.Split(strings.TrimSpace(string(out)), "\n"); strings.Join(got, "|") != strings.Join(want, "|") {
		t.Errorf("zbarimg reads\n%q, want\n%q", got, want)
	}
}

// TestQuietZone wants four white modules on every side in every drawing, which a dark page or terminal cannot give.
func TestQuietZone(t *testing.T) {
	c := mint(t, "HTTPS://EXAMPLE.ORG/GB7K2MZ")
	n := c.Modules()
	for name, bits := range map[string][][]bool{"symbol": c.bits, "svg": bitsOfSVG(t, c.SVG()), "terminal": bitsOfTerminal(c.Terminal(), n)} {
		for y := range n {
			for x := range n {
				edge := min(x, y, n-1-x, n-1-y)
				if edge < 4 && bits[y][x] {
					t.Fatalf("%s: dark at %d,%d", name, x, y)
				}
			}
		}
		if !bits[4][4] {
			t.Errorf("%s: the quiet zone is wider than four modules", name)
		}
	}
	for _, line := range strings.Split(strings.TrimSuffix(c.Terminal(), "\n"), "\n") {
		if !strings.HasPrefix(line, terminalOn) || !strings.HasSuffix(line, terminalOff) {
			t.Fatalf("a line does not set and clear its own colours: %q", line)
		}
	}
}

// TestSmallest holds the size that capital letters win.
func TestSmallest(t *testing.T) {
	upper, lower := mint(t, "HTTPS://EXAMPLE.ORG/GB7K2MZ"), mint(t, "https://example.org/gb7k2mz")
	if upper.Modules() != 29+8 || upper.Modules() >= lower.Modules() {
		t.Errorf("capitals %d modules, small letters %d; want 37 and more", upper.Modules(), lower.Modules())
	}
}

// TestDamaged covers a tenth of the symbol and reads it all the same: the level of correction is the highest.
func TestDamaged(t *testing.T) {
	const content = "HTTPS://EXAMPLE.ORG/GB7K2MZ"
	c := mint(t, content)
	middle, half := c.Modules()/2, 4 // 8 × 8 of 29 × 29 modules
	for y := middle - half; y < middle+half; y++ {
		for x := middle - half; x < middle+half; x++ {
			c.bits[y][x] = false
		}
	}
	if !readsBack(c, content) {
		t.Error("a code with 7 % covered is not read")
	}
}

// TestNeverUnreadable breaks a symbol as a faulty drawer would and wants the check in New to see it.
func TestNeverUnreadable(t *testing.T) {
	const content = "HTTPS://EXAMPLE.ORG/GB7K2MZ"
	c := mint(t, content)
	for y := range c.bits {
		for x := range c.bits[y] {
			c.bits[y][x] = c.bits[y][x] && x > c.Modules()/2
		}
	}
	if readsBack(c, content) {
		t.Error("half a symbol reads back")
	}
	if readsBack(mint(t, "HTTPS://EXAMPLE.ORG/GB7K2MY"), content) {
		t.Error("another content reads back")
	}
}

func TestBadInput(t *testing.T) {
	for name, content := range map[string]string{"empty": "", "too long": strings.Repeat("a", 1274), "not text": "\xff\xfe", "accent": "caf\u00e9", "control": "a\x1b[0m"} {
		if c, err := New(content); err == nil {
			t.Errorf("%s: minted %d modules", name, c.Modules())
		} else if content != "" && strings.Contains(err.Error(), content) {
			t.Errorf("%s: the error repeats the content", name)
		}
	}
	c := mint(t, "A")
	for _, px := range []int{-1, 0, c.Modules() - 1, 8193} {
		if _, err := c.PNG(px); err == nil {
			t.Errorf("PNG(%d) was drawn", px)
		}
	}
}

func FuzzNew(f *testing.F) {
	f.Add("HTTPS://EXAMPLE.ORG/GB7K2MZ")
	f.Add("مرحبا")
	f.Fuzz(func(t *testing.T, content string) {
		if c, err := New(content); err == nil && !readsBack(c, content) {
			t.Errorf("%q was minted and does not read", content)
		}
	})
}

func BenchmarkMatrix(b *testing.B) {
	for b.Loop() {
		mint(b, "HTTPS://EXAMPLE.ORG/GB7K2MZ")
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "codes/s")
}

func BenchmarkSVG(b *testing.B) {
	c := mint(b, "HTTPS://EXAMPLE.ORG/GB7K2MZ")
	for b.Loop() {
		c.SVG()
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "codes/s")
}

func BenchmarkPNG(b *testing.B) {
	c := mint(b, "HTTPS://EXAMPLE.ORG/GB7K2MZ")
	for b.Loop() {
		if _, err := c.PNG(512); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "codes/s")
}
