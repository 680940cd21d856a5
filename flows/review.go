package flows

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
)

// digest names what a flow does: 16 hexadecimal digits of the SHA-256 of all it says but who reviewed it and why it is as
// it is. A review names the digest of what was read, so that it is void as soon as a step changes.
func digest(raw map[string]any) string {
	said := map[string]any{}
	for k, v := range raw {
		if !slices.Contains([]string{"review", "read_by", "read_on", "read_as", "rationale"}, k) {
			said[k] = v
		}
	}
	text, err := json.Marshal(said)
	if err != nil { // a flow holds nothing but texts, flags and lists; a number that JSON lacks is refused as no flow's
		return ""
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:8])
}
