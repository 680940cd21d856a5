package locales

import "unicode/utf16"

// Sizes of one text message's parts (3GPP TS 23.040 §9.2.3.24.1 and 23.038): alone, and when joined to others, which
// takes a header of six octets from each.
const (
	gsmAlone, gsmJoined = 160, 153 // septets
	ucsAlone, ucsJoined = 70, 67   // UTF-16 units
)

// The GSM 7-bit default alphabet and its extension table, whose characters take two septets (3GPP TS 23.038 §6.2.1).
const (
	gsmBasic = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?" +
		"¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
	gsmExtended = "\f^{}\\[~]|€"
)

var gsmSize = gsmSizes()

func gsmSizes() map[rune]int {
	sizes := make(map[rune]int)
	for _, r := range gsmBasic {
		sizes[r] = 1
	}
	for _, r := range gsmExtended {
		sizes[r] = 2
	}
	return sizes
}

// Segments returns how many SMS parts text takes, as carriers count and charge them: 160 characters of the GSM alphabet,
// or 153 in each of several parts; as soon as one character is outside it, 70 UTF-16 units, or 67 in each. An extension
// character ("€", "[") counts twice and is never split over two parts, nor is a UTF-16 pair. Empty text takes none.
func Segments(text string) int {
	units, gsm := make([]int, 0, len(text)), true
	for _, r := range text {
		n, ok := gsmSize[r]
		if !ok {
			gsm = false
			break
		}
		units = append(units, n)
	}
	alone, joined := gsmAlone, gsmJoined
	if !gsm {
		alone, joined, units = ucsAlone, ucsJoined, units[:0]
		for _, r := range text {
			units = append(units, max(utf16.RuneLen(r), 1))
		}
	}
	total := 0
	for _, n := range units {
		total += n
	}
	if total <= alone {
		return min(total, 1)
	}
	parts, room := 1, joined
	for _, n := range units {
		if n > room {
			parts, room = parts+1, joined
		}
		room -= n
	}
	return parts
}
