package qr

import (
	"image"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode"
)

// readsBack says whether a decoder finds content in the drawn symbol.
func readsBack(c *Code, content string) bool {
	const scale = 4 // pixels a module, as a poor camera might see it
	got, ok := read(c.raster(len(c.bits)*scale, scale))
	return ok && got == content
}

// read decodes the code in a picture. The decoder fails on about three of a thousand perfect symbols unless it is told
// that the picture is nothing but the symbol, and on photographs if it is: so both are tried.
func read(img image.Image) (content string, ok bool) {
	for _, hint := range []gozxing.DecodeHintType{gozxing.DecodeHintType_PURE_BARCODE, gozxing.DecodeHintType_TRY_HARDER} {
		bitmap, err := gozxing.NewBinaryBitmapFromImage(img)
		if err != nil {
			continue
		}
		hints := map[gozxing.DecodeHintType]any{hint: true, gozxing.DecodeHintType_CHARACTER_SET: "UTF-8"}
		if result, err := qrcode.NewQRCodeReader().Decode(bitmap, hints); err == nil {
			return result.GetText(), true
		}
	}
	return "", false
}
