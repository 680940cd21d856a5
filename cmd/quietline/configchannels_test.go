package main

import (
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/BurntSushi/toml"

	"quietline/locales"
)

// TestConfigTables: a table that is left out has no fault and no default; one that is there needs only what has none.
func TestConfigTables(t *testing.T) {
	plain := whole[:strings.Index(whole, "[telegram]")]
	c, err := readConfig(writeConfig(t, plain))
	if err != nil || c.Telegram != nil || c.Twilio != nil {
		t.Fatalf("without tables: %v, %+v, %+v", err, c.Telegram, c.Twilio)
	}
	c, err = readConfig(writeConfig(t, plain+"[telegram]\ntoken_file = \"x\"\n"))
	if err != nil || c.Telegram.Mode != modeWebhook || c.Telegram.APIURL != "https://api.telegram.org" {
		t.Fatalf("the least of [telegram]: %v, %+v", err, c.Telegram)
	}
	for _, tt := range []struct{ add, want string }{
		{"[telegram.face.es]\nname = \"x\"\n", `telegram.face.es: "es" is not among languages`},
		{"[telegram.face.en]\nnmae = \"x\"\n", `nothing reads the key "telegram.face.en.nmae"; the nearest known key is "telegram.face.LANG.name"`},
		{"[[oncall.step]]\npost = \"https://board.example/7\"\n", "no step has lead = true"},
		{"[[oncall.step]]\npost = \"https://board.example/7\"\nmail = \"a@host.example\"\nlead = true\n", "exactly one of post, sms and mail"},
		{"[[oncall.step]]\nsms = \"+447700900009\"\nlead = true\n", "SMS needs the table [twilio]"},
		{"[[oncall.step]]\nmail = \"a@host.example\"\nlead = true\n", "e-mail needs the table [oncall.mail]"},
		{"[[oncall.step]]\npost = \"https://board.example/7\"\nlead = true\n[[oncall.step]]\npost = \"https://board.example/8\"\nafter = \"1m\"\n", "put the steps in order"},
		{"[[twilio.number]]\nnumber = \"+447700900000\"\ncountry = \"GB\"\n[[twilio.number]]\nnumber = \"+447700900000\"\ncountry = \"GB\"\n", "the second [[twilio.number]]: the number is there twice"},
	} {
		_, err := readConfig(writeConfig(t, plain+tt.add))
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%q gave:\n%v\nwant %s", tt.add, err, tt.want)
		}
	}
	for post, want := range map[string]string{
		"https://board.example/topic-7?auth=s3cret":   "the address at https://board.example has a name, a query",
		"https://ana:s3cret@board.example/topic-7":    "the address at https://board.example has a name, a query",
		"http://board.example/topic-7":                `"http://board.example" is plain http`,
		"ftp://board.example/topic-7":                 `"ftp://board.example" must start with https://`,
		"https:///topic-7":                            "post is no address",
		"https://board.example:port/topic-7?a=s3cret": "post is no address",
	} {
		_, err := readConfig(writeConfig(t, plain+fmt.Sprintf("[[oncall.step]]\npost = %q\nlead = true\n", post)))
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "topic-7") || strings.Contains(err.Error(), "s3cret") {
			t.Errorf("%s gave:\n%v\nwant %s", post, err, want)
		}
	}
}

// TestS1_TellingFaces: whatever a chat list or a link shows of the line is dull, in every language; otherwise the line
// does not start, and the error names the key's line.
func TestS1_TellingFaces(t *testing.T) {
	words, err := locales.Load(locales.Shipped(), nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct{ key, value string }{
		{"cover", `"Trafficking help"`},
		{"public_url", `"https://trafficking-help.example"`},
		{"oncall.step.post", `"https://board.example/anti-trafficking"`},
		{"oncall.mail.from", `"hotline@host.example"`},
		{"telegram.username", `"hotline_bot"`},
		{"telegram.username", `"safebot"`},
		{"telegram.username", `"AntiTraffickingBot"`},
		{"telegram.face.en.name", `"Police line"`},
		{"telegram.face.en.about", `"Línea contra la trata"`},
		{"telegram.face.en.description", `"Write to us about abuse"`},
		{"telegram.face.en.commands", `{ hotline = "Begin" }`},
		{"telegram.face.en.commands", `{ start = "Get help against trafficking" }`},
	} {
		at := lineFinder(whole)(strings.Split(tt.key, "."))
		lines := strings.Split(whole, "\n")
		lines[at-1] = tt.key[strings.LastIndex(tt.key, ".")+1:] + " = " + tt.value
		file := writeConfig(t, strings.Join(lines, "\n"))
		c, err := readConfig(file)
		if err != nil {
			t.Fatal(err)
		}
		err = c.telling(words)
		if want := fmt.Sprintf("%s:%d: %s: ", file, at, tt.key); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%s = %s: %v, want %s", tt.key, tt.value, err, want)
		}
	}
	c, err := readConfig(writeConfig(t, whole))
	if err != nil || c.telling(words) != nil {
		t.Errorf("whole tells: %v, %v", err, c.telling(words))
	}
}

// TestConfigSecret: a secret's file holds the secret and nothing else; no error and no log shows it.
func TestConfigSecret(t *testing.T) {
	c, err := readConfig(writeConfig(t, whole))
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(c.dir, "telegram.token")
	key := toml.Key{"telegram", "token_file"}
	for name, tt := range map[string]struct {
		text string
		mode os.FileMode
		want string // part of the error
		warn bool
	}{
		"good":      {"12345:AAabc_def-ghi\n", 0o600, "", false},
		"open":      {"12345:AAabc_def-ghi", 0o644, "", true},
		"empty":     {"\n", 0o600, "holds no secret", false},
		"two lines": {"12345:AAabc_def-ghi\nsecond-line\n", 0o600, "holds no secret", false},
	} {
		if err := os.WriteFile(file, []byte(tt.text), tt.mode); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(file, tt.mode); err != nil {
			t.Fatal(err)
		}
		var log strings.Builder
		got, err := c.secret(key, "telegram.token", slog.New(slog.NewTextHandler(&log, nil)))
		switch {
		case tt.want == "" && (err != nil || got != "12345:AAabc_def-ghi"):
			t.Errorf("%s: %q, %v", name, got, err)
		case tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)):
			t.Errorf("%s: %v, want %s", name, err, tt.want)
		case tt.warn != strings.Contains(log.String(), "chmod 600"):
			t.Errorf("%s: the log says %q", name, log.String())
		}
		if strings.Contains(fmt.Sprint(err)+log.String(), "AAabc") {
			t.Errorf("%s: the secret is in %v %q", name, err, log.String())
		}
	}
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	if _, err := c.secret(key, "telegram.token", slog.New(slog.DiscardHandler)); err == nil || !strings.Contains(err.Error(), "telegram.token_file") {
		t.Errorf("no file: %v", err)
	}
}
