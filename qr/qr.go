// Package qr draws codes and proves that they can be read.
//
// New mints a symbol only after a decoder has read it back. A Code is drawn as PNG for files, SVG for pages and print,
// and half-block characters for a terminal.
package qr

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"strconv"
	"strings"

	"github.com/skip2/go-qrcode"
)

// quiet is the white margin on every side, in modules, that ISO/IEC 18004 asks for.
const quiet = 4

// maxPNG is the widest PNG drawn, in pixels.
const maxPNG = 8192

// ErrUnreadable says that a decoder could not read the symbol back. Nothing may be printed from it; a code with other
// characters will do.
var ErrUnreadable = errors.New("no decoder could read this symbol back")

// A Code is one QR symbol with a quiet zone of four modules on every side, which a decoder has read back.
type Code struct {
	bits [][]bool // true is dark; the quiet zone is part of it
}

// New draws content, 1 to 1,273 printable ASCII characters, as the smallest symbol at the highest level of error correction, which bears
// about 15 % of its area being covered. An address wholly in capital letters without ?, = and & makes a smaller symbol.
// A symbol that cannot be read back is ErrUnreadable. Other scripts are refused because readers guess them differently
// (zbar reads é as Chinese): write an address with percent signs.
func New(content string) (*Code, error) {
	if content == "" {
		return nil, errors.New("drawing a code: there is nothing to draw")
	}
	for i := range len(content) {
		if content[i] < ' ' || content[i] > '~' {
			return nil, fmt.Errorf("drawing a code: character %d is not printable ASCII, which cameras read differently; write it with percent signs", i+1)
		}
	}
	q, err := qrcode.New(content, qrcode.Highest)
	if err != nil {
		return nil, fmt.Errorf("drawing a code of %d bytes: %w", len(content), err)
	}
	q.DisableBorder = true
	c := &Code{bits: framed(q.Bitmap())}
	if !readsBack(c, content) {
		return nil, fmt.Errorf("drawing a code of %d bytes: %w", len(content), ErrUnreadable)
	}
	return c, nil
}

// framed puts the quiet zone round a bare symbol.
func framed(bare [][]bool) [][]bool {
	size := len(bare) + 2*quiet
	bits := make([][]bool, size)
	for y := range bits {
		bits[y] = make([]bool, size)
		if y >= quiet && y < size-quiet {
			copy(bits[y][quiet:], bare[y-quiet])
		}
	}
	return bits
}

// Modules is the width of the symbol with its quiet zone, in modules.
func (c *Code) Modules() int { return len(c.bits) }

var blackOnWhite = color.Palette{color.White, color.Black}

// raster draws every module as scale × scale pixels in the middle of a white square of px pixels.
func (c *Code) raster(px, scale int) *image.Paletted {
	img := image.NewPaletted(image.Rect(0, 0, px, px), blackOnWhite)
	offset := (px - len(c.bits)*scale) / 2
	for y, line := range c.bits {
		first := img.Pix[(offset+y*scale)*img.Stride:][:img.Stride]
		for x, dark := range line {
			if dark {
				for i := range scale {
					first[offset+x*scale+i] = 1
				}
			}
		}
		for i := 1; i < scale; i++ {
			copy(img.Pix[(offset+y*scale+i)*img.Stride:], first)
		}
	}
	return img
}

// PNG draws a square picture px pixels wide, every module the same whole number of pixels. px is at least Modules and at
// most 8,192; below 3 pixels a module many cameras fail.
func (c *Code) PNG(px int) ([]byte, error) {
	if px < len(c.bits) || px > maxPNG {
		return nil, fmt.Errorf("drawing a code as PNG: %d pixels is not between %d and %d", px, len(c.bits), maxPNG)
	}
	var b bytes.Buffer
	if err := png.Encode(&b, c.raster(px, px/len(c.bits))); err != nil {
		return nil, fmt.Errorf("drawing a code as PNG: %w", err)
	}
	return b.Bytes(), nil
}

// SVG draws one path over a white square, one unit a module. It has no width, style, script or text, so it stands in a
// page under a strict content policy and takes the size that the page gives it.
func (c *Code) SVG() []byte {
	var b bytes.Buffer
	n := strconv.Itoa(len(c.bits))
	b.WriteString(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ` + n + ` ` + n + `" shape-rendering="crispEdges"><path fill="#fff" d="M0 0h` + n + `v` + n + `H0z"/><path d="`)
	for y, line := range c.bits {
		for x := 0; x < len(line); x++ {
			if !line[x] {
				continue
			}
			run := 1
			for line[x+run] { // the quiet zone ends every run
				run++
			}
			fmt.Fprintf(&b, "M%d %dh%dv1h-%dz", x, y, run, run)
			x += run
		}
	}
	b.WriteString(`"/></svg>`)
	return b.Bytes()
}

// The colours are two fixed ones of the 256, so a theme cannot turn dark and light round.
const (
	terminalOn  = "\x1b[38;5;16;48;5;231m"
	terminalOff = "\x1b[0m"
)

// Terminal draws two rows of modules on each line with half blocks, black on white in any theme.
func (c *Code) Terminal() string {
	var b strings.Builder
	for y := 0; y < len(c.bits); y += 2 {
		b.WriteString(terminalOn)
		for x := range c.bits[y] {
			upper, lower := c.bits[y][x], y+1 < len(c.bits) && c.bits[y+1][x]
			switch {
			case upper && lower:
				b.WriteRune('█')
			case upper:
				b.WriteRune('▀')
			case lower:
				b.WriteRune('▄')
			default:
				b.WriteByte(' ')
			}
		}
		b.WriteString(terminalOff + "\n")
	}
	return b.String()
}
