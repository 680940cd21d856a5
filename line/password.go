package line

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base32"
	"encoding/base64"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/pquerna/otp"
	"github.com/pquerna/otp/totp"
	"golang.org/x/crypto/argon2"
	"golang.org/x/text/unicode/norm"
)

// MinPassword is how many characters a password needs.
const MinPassword = 12

// ErrPassword is returned by Enrol for a password that is too short, longer than 200 characters, or the name itself.
var ErrPassword = errors.New("a password needs 12 to 200 characters and must not be the name")

// argon2id as OWASP's password storage sheet has it for little memory: 19 MiB, two passes, one lane.
const (
	argonMemory = 19 * 1024 // KiB
	argonPasses = 2
	argonLanes  = 1
)

// hash returns argon2id of a password. It waits while two others are at work, for each takes 19 MiB.
func (l *Line) hash(ctx context.Context, password string, salt []byte) ([]byte, error) {
	select {
	case l.hashing <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	defer func() { <-l.hashing }()
	return argon2.IDKey([]byte(norm.NFKC.String(password)), salt, argonPasses, argonMemory, argonLanes, 32), nil
}

func checkPassword(name, password string) error {
	n := utf8.RuneCountInString(norm.NFKC.String(password))
	if !utf8.ValidString(password) || n < MinPassword || n > 200 || fold(password) == fold(name) {
		return ErrPassword
	}
	return nil
}

// Authenticator codes: RFC 6238 with what every app knows, SHA-1, six digits, 30 seconds, and one step of drift.
const (
	stepLength = 30 // seconds
	drift      = 1  // steps
	secretSize = 20 // bytes
)

// totpStep returns the time step whose code this is, later than after and within the drift around now; ok is false for
// a wrong code and for one used already.
func totpStep(secret, code string, after int64, now time.Time) (step int64, ok bool) {
	for s := now.Unix()/stepLength - drift; s <= now.Unix()/stepLength+drift; s++ {
		want, err := totp.GenerateCodeCustom(secret, time.Unix(s*stepLength, 0), totp.ValidateOpts{
			Period: stepLength, Digits: otp.DigitsSix, Algorithm: otp.AlgorithmSHA1,
		})
		if err == nil && subtle.ConstantTimeCompare([]byte(want), []byte(code)) == 1 && s > after {
			step, ok = s, true
		}
	}
	return step, ok
}

// totpURI is what a QR code carries into an authenticator app.
func totpURI(issuer, name, secret string) string {
	q := url.Values{"secret": {secret}, "issuer": {issuer}, "algorithm": {"SHA1"}, "digits": {"6"}, "period": {"30"}}
	u := url.URL{Scheme: "otpauth", Host: "totp", Path: "/" + issuer + ":" + name, RawQuery: strings.ReplaceAll(q.Encode(), "+", "%20")}
	return u.String()
}

// newTOTP returns a new secret in base32, as apps take it.
func (l *Line) newTOTP() (string, error) {
	b, err := l.random(secretSize)
	return base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(b), err
}

// digits takes from what was typed the spaces and turns the digits of any script into 0–9.
func digits(code string) string {
	var b strings.Builder
	for _, r := range norm.NFKC.String(code) {
		switch {
		case r == ' ' || r == '-':
		case '٠' <= r && r <= '٩':
			b.WriteRune('0' + r - '٠')
		case '۰' <= r && r <= '۹':
			b.WriteRune('0' + r - '۰')
		default:
			b.WriteRune(r)
		}
	}
	return strings.ToUpper(b.String())
}

// Recovery codes: ten of 16 Crockford digits, 80 bits each.
const (
	recoveryCodes  = 10
	recoveryLength = 16
)

// newRecovery returns ten codes as they are shown, and their hashes as they are kept.
func (l *Line) newRecovery() (shown []string, kept [][]byte, err error) {
	for range recoveryCodes {
		b, err := l.random(recoveryLength)
		if err != nil {
			return nil, nil, err
		}
		for i := range b {
			b[i] = crockford[b[i]%32]
		}
		shown = append(shown, fmt.Sprintf("%s-%s-%s-%s", b[:4], b[4:8], b[8:12], b[12:]))
		kept = append(kept, l.recoveryHash(string(b)))
	}
	return shown, kept, nil
}

// recoveryHash takes a code without hyphens, in upper case.
func (l *Line) recoveryHash(code string) []byte {
	m := hmac.New(sha256.New, l.secret[:])
	m.Write([]byte("recovery\x00"))
	m.Write([]byte(strings.NewReplacer("O", "0", "I", "1", "L", "1").Replace(code)))
	return m.Sum(nil)
}

// takeRecovery returns the hashes left when code is one of them.
func (l *Line) takeRecovery(kept [][]byte, code string) (left [][]byte, ok bool) {
	h := l.recoveryHash(code)
	for _, k := range kept {
		if !ok && hmac.Equal(k, h) {
			ok = true
			continue
		}
		left = append(left, k)
	}
	return left, ok
}

// A tokenHash is what is kept of a cookie or a link: SHA-256 of it. Tokens are 32 random bytes, so no salt is needed.
type tokenHash [sha256.Size]byte

func hashToken(token string) tokenHash { return sha256.Sum256([]byte(token)) }

// newToken returns a token, 43 characters that may stand in an address, and its hash.
func (l *Line) newToken() (string, tokenHash, error) {
	b, err := l.random(32)
	if err != nil {
		return "", tokenHash{}, err
	}
	t := base64.RawURLEncoding.EncodeToString(b)
	return t, hashToken(t), nil
}
