package main

import (
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/BurntSushi/toml"

	"quietline/bot"
	"quietline/check"
	"quietline/directory"
	"quietline/locales"
)

// A telegramTable is [telegram]: without it the line is not on Telegram.
type telegramTable struct {
	TokenFile string                  `toml:"token_file" need:"yes" say:"The file that holds the bot's token and nothing else, readable by this program only."`
	Mode      string                  `toml:"mode" default:"webhook" say:"webhook (Telegram calls public_url; quietline connect telegram sets it up) or poll (this program asks; for a machine that nobody can reach from outside)."`
	APIURL    string                  `toml:"api_url" default:"https://api.telegram.org" say:"Where the Bot API is: another address only with a Bot API server of your own."`
	Username  string                  `toml:"username" say:"The bot's username, without @: quietline code new then prints the link that opens it too. Neutral: no telling word."`
	Face      map[string]telegramFace `toml:"face" say:"How the bot shows itself in a language: one table for each, such as [telegram.face.en]. The first of your languages is shown to everybody else. Without it the bot's name is the cover, and it says nothing about itself."`
}

// A telegramFace is what the chat list and an empty chat show of the bot, to anybody who looks.
type telegramFace struct {
	Name        string            `toml:"name" say:"The bot's name, at most 64 characters; without it the cover. No telling word."`
	About       string            `toml:"about" say:"What its profile says, at most 120 characters. No telling word."`
	Description string            `toml:"description" say:"What an empty chat shows before the first message, at most 512 characters. No telling word."`
	Commands    map[string]string `toml:"commands" say:"The menu beside the text box: a command of small letters, digits and _ and what it says, such as { start = \"Begin\" }. No telling word. Whatever the command, it counts as its word written without the slash."`
}

// A twilioTable is [twilio]: without it the line has neither SMS nor WhatsApp.
type twilioTable struct {
	AccountSID       string         `toml:"account_sid" need:"yes" say:"The account's SID, AC and 32 hexadecimal digits."`
	AuthTokenFile    string         `toml:"auth_token_file" need:"yes" say:"The file that holds the account's primary auth token and nothing else, readable by this program only. It also signs what Twilio sends."`
	APIURL           string         `toml:"api_url" default:"https://api.twilio.com" say:"Where the API is: another address only for tests, or for a region of Twilio."`
	MessagingService string         `toml:"messaging_service" say:"The SID of the Messaging Service that holds the numbers, MG and 32 hexadecimal digits: its Advanced Opt-Out answers STOP and HELP with your own neutral words."`
	FallbackURL      string         `toml:"fallback_url" say:"Where Twilio finds the answer that quietline doctor --twilio-fallback prints, while this server is down: the https address of a TwiML Bin."`
	DiscardContent   bool           `toml:"discard_content" say:"true asks Twilio to keep no text of what is sent. Only when the account has message redaction; otherwise every send fails (30029)."`
	ObfuscateNumbers bool           `toml:"obfuscate_numbers" say:"true asks Twilio to keep people's numbers without their last four digits. Only when the account has message redaction."`
	Numbers          []twilioNumber `toml:"number" need:"yes" say:"One [[twilio.number]] for each number of yours."`
}

// A twilioNumber is one number of the line.
type twilioNumber struct {
	Number   string `toml:"number" need:"yes" say:"The number as +, country and the rest without spaces: +447700900000."`
	Country  string `toml:"country" need:"yes" say:"The country whose help lines and emergency numbers its people get, two letters."`
	WhatsApp bool   `toml:"whatsapp" say:"true answers WhatsApp to this number as well as SMS: it must be a WhatsApp sender of the account."`
}

// The values of telegram.mode.
const (
	modeWebhook = "webhook"
	modePoll    = "poll"
)

// Limits of Telegram, in characters: setMyName, setMyShortDescription, setMyDescription, setMyCommands of the Bot API.
const (
	maxBotName        = 64
	maxBotAbout       = 120
	maxBotDescription = 512
	maxBotCommand     = 256
)

var (
	botUsername    = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_]{2,29}[Bb][Oo][Tt]$`)
	smallThenLarge = regexp.MustCompile(`([a-z0-9])([A-Z])`)
	botCommand     = regexp.MustCompile(`^[a-z0-9_]{1,32}$`)
	accountSID     = regexp.MustCompile(`^AC[0-9a-f]{32}$`)
	serviceSID     = regexp.MustCompile(`^MG[0-9a-f]{32}$`)
	numberE164     = regexp.MustCompile(`^\+[1-9][0-9]{6,14}$`)
	secretShaped   = regexp.MustCompile(`^[A-Za-z0-9:_-]{8,256}$`)
)

// faults checks [telegram].
func (t *telegramTable) faults(c *config) []fault {
	if t == nil {
		return nil
	}
	var out []fault
	fail := func(mend string, key ...string) { out = append(out, fault{append(toml.Key{"telegram"}, key...), mend}) }
	if t.TokenFile == "" {
		fail("is missing or empty: "+sayOf("telegram.token_file"), "token_file")
	}
	if t.Mode != modeWebhook && t.Mode != modePoll {
		fail(fmt.Sprintf(`is %q: write "webhook" or "poll"`, t.Mode), "mode")
	}
	if mend := c.badURL(t.APIURL, false); mend != "" {
		fail(mend, "api_url")
	}
	if t.Username != "" && !botUsername.MatchString(t.Username) {
		fail(fmt.Sprintf("%q is no bot's username: 5 to 32 letters, digits and _, without @, the last three of them bot", t.Username), "username")
	}
	for _, lang := range sorted(t.Face) {
		if len(c.Languages) > 0 && !slices.Contains(c.Languages, lang) {
			fail(fmt.Sprintf("%q is not among languages: add it there, or take the table away", lang), "face", lang)
			continue
		}
		f := t.Face[lang]
		for _, v := range []struct {
			key, text string
			most      int
		}{{"name", f.Name, maxBotName}, {"about", f.About, maxBotAbout}, {"description", f.Description, maxBotDescription}} {
			if utf8.RuneCountInString(v.text) > v.most || hasControl(strings.ReplaceAll(v.text, "\n", "")) {
				fail(fmt.Sprintf("must be at most %d characters of plain text", v.most), "face", lang, v.key)
			}
		}
		for _, name := range sorted(f.Commands) {
			says := f.Commands[name]
			if !botCommand.MatchString(name) || strings.TrimSpace(says) == "" || utf8.RuneCountInString(says) > maxBotCommand || hasControl(says) {
				fail(fmt.Sprintf("%q: a command is 1 to 32 of a–z, 0–9 and _, and says 1 to %d characters", name, maxBotCommand), "face", lang, "commands")
			}
		}
	}
	return out
}

// faults checks [twilio].
func (t *twilioTable) faults(c *config) []fault {
	if t == nil {
		return nil
	}
	var out []fault
	fail := func(mend string, key ...string) { out = append(out, fault{append(toml.Key{"twilio"}, key...), mend}) }
	if !accountSID.MatchString(t.AccountSID) {
		fail(fmt.Sprintf("is missing, or %q is no account SID: AC and 32 of 0–9 and a–f", t.AccountSID), "account_sid")
	}
	if t.AuthTokenFile == "" {
		fail("is missing or empty: "+sayOf("twilio.auth_token_file"), "auth_token_file")
	}
	if mend := c.badURL(t.APIURL, false); mend != "" {
		fail(mend, "api_url")
	}
	if t.MessagingService != "" && !serviceSID.MatchString(t.MessagingService) {
		fail(fmt.Sprintf("%q is no Messaging Service SID: MG and 32 of 0–9 and a–f", t.MessagingService), "messaging_service")
	}
	if mend := c.badURL(t.FallbackURL, true); t.FallbackURL != "" && mend != "" {
		fail(mend, "fallback_url")
	}
	if len(t.Numbers) == 0 {
		fail("is missing: "+sayOf("twilio.number"), "number")
	}
	var seen []string
	for i, n := range t.Numbers {
		at := "the " + ordinal(i+1) + " [[twilio.number]]: "
		switch {
		case !numberE164.MatchString(n.Number):
			fail(fmt.Sprintf("%snumber is missing, or %q is not written with +, the country and no spaces, such as +447700900000", at, n.Number), "number", "number")
		case slices.Contains(seen, n.Number):
			fail(at+"the number is there twice: take one away", "number", "number")
		}
		seen = append(seen, n.Number)
		switch {
		case !directory.ValidCountry(n.Country):
			fail(fmt.Sprintf("%scountry is missing, or %q is no country: write two capital letters such as \"GB\"", at, n.Country), "number", "country")
		case len(c.Countries) > 0 && !slices.Contains(c.Countries, n.Country):
			fail(fmt.Sprintf("%s%q is not among countries: add it there", at, n.Country), "number", "country")
		}
	}
	return out
}

// sayOf is the manual of a key.
func sayOf(name string) string {
	for _, k := range keys() {
		if k.name == name {
			return k.say
		}
	}
	return ""
}

// face is the bot's face in a language, with what holds where the operator wrote nothing.
func (t *telegramTable) face(c *config, lang string) telegramFace {
	f := t.Face[lang]
	if f.Name == "" {
		f.Name = c.Cover
	}
	return f
}

// A shown is a text that anybody may see, and the key it stands at.
type shown struct {
	key  toml.Key
	text string
}

// faces are all texts of the configuration that anybody may see.
func (c *config) faces() []shown {
	out := []shown{
		{toml.Key{"cover"}, c.Cover},
		{toml.Key{"public_url"}, hostWords(c.PublicURL)},
		{toml.Key{"desk_url"}, hostWords(c.DeskURL)},
	}
	out = append(out, c.OnCall.faces()...)
	if c.Telegram == nil {
		return out
	}
	if name := c.Telegram.Username; len(name) > len("bot") { // its words: SafePlaceBot, safe_place_bot, safebot
		words := smallThenLarge.ReplaceAllString(name[:len(name)-len("bot")], "$1 $2")
		out = append(out, shown{toml.Key{"telegram", "username"}, strings.ReplaceAll(words, "_", " ")})
	}
	for _, lang := range sorted(c.Telegram.Face) {
		f := c.Telegram.Face[lang]
		key := func(last string) toml.Key { return toml.Key{"telegram", "face", lang, last} }
		out = append(out, shown{key("name"), f.Name}, shown{key("about"), f.About}, shown{key("description"), f.Description})
		for _, command := range sorted(f.Commands) {
			out = append(out, shown{key("commands"), strings.ReplaceAll(command, "_", " ")}, shown{key("commands"), f.Commands[command]})
		}
	}
	return out
}

// telling says what of the line's faces would tell whoever sees it what the line is for (S1), in any language.
func (c *config) telling(words *locales.Catalogues) error {
	var faults []error
	for _, face := range c.faces() {
		for _, f := range check.Faces(words, []check.Face{{Key: face.key.String(), Text: face.text}}) {
			faults = append(faults, fmt.Errorf("%s%w", c.where(face.key), f))
		}
	}
	return errors.Join(faults...)
}

// against says what in the configuration the content in force does not allow.
func (c *config) against(content *bot.Content) error {
	return errors.Join(c.telling(content.Words), c.unknownCountries(content.Directory.Countries()))
}

// unknownCountries says which countries of numbers the directory has not.
func (c *config) unknownCountries(known []string) error {
	if c.Twilio == nil {
		return nil
	}
	var faults []error
	key := toml.Key{"twilio", "number", "country"}
	for _, n := range c.Twilio.Numbers {
		if !slices.Contains(known, n.Country) {
			faults = append(faults, fmt.Errorf("%s%s: the directory has no country %q: add its numbers to your content first", c.where(key), key, n.Country))
		}
	}
	return errors.Join(faults...)
}

// secret reads a file that holds one secret and nothing else. Its errors never hold what it read.
func (c *config) secret(key toml.Key, name string, log *slog.Logger) (string, error) {
	return c.secretOf(key, name, "token", secretShaped.MatchString, log)
}

// secretOf is the same for any kind of secret.
func (c *config) secretOf(key toml.Key, name, kind string, shaped func(string) bool, log *slog.Logger) (string, error) {
	file := c.path(name)
	b, err := readFile(file, 4096)
	if err != nil {
		return "", fmt.Errorf("%s%s: reading the secret: %w: put the %s alone into this file, chmod 600, owned by the account that runs quietline", c.where(key), key, err, kind)
	}
	s := strings.TrimSpace(string(b))
	if !shaped(s) {
		return "", fmt.Errorf("%s%s: %s holds no secret: it must hold the %s on one line, and nothing else", c.where(key), key, file, kind)
	}
	if info, err := os.Stat(file); err == nil && info.Mode()&fs.FileMode(0o077) != 0 {
		log.Warn("other accounts of this machine may read a secret: chmod 600", "key", key.String())
	}
	return s, nil
}

// hostWords are the parts of an address's host name.
func hostWords(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return strings.NewReplacer(".", " ", "-", " ", "_", " ").Replace(u.Hostname())
}

// sorted are the keys of a table, in order.
func sorted[V any](m map[string]V) []string {
	var out []string
	for k := range m {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}
