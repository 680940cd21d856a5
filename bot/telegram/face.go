package telegram

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	tg "github.com/go-telegram/bot"
	"github.com/go-telegram/bot/models"
)

// A Face is what Telegram shows of the bot before anybody writes: all of it must be neutral. An empty field is taken away.
type Face struct {
	Name             string    // at most 64 letters: over the chat and in the list of chats
	ShortDescription string    // at most 120: on its profile
	Description      string    // at most 512: in the empty chat
	Commands         []Command // at most 100: the menu
}

// A Command is one entry of the menu. What comes when it is tapped is its name, as text: "00" is the erase key.
type Command struct {
	Name string // 1–32 of a-z 0-9 _
	Text string // 1–256 letters
}

// faceWait is the longest that SetFaces waits when Telegram asks it to; names may be set only a few times a day.
const faceWait = 30 * time.Second

var (
	commandForm = regexp.MustCompile(`^[a-z0-9_]{1,32}$`)
	codeForm    = regexp.MustCompile(`^[a-z]{2}$`)
)

// LanguageCode is the code under which Telegram keeps a face for a BCP 47 tag: two letters (ISO 639-1). ok is false where
// there is none; those people see the face of "".
func LanguageCode(tag string) (code string, ok bool) {
	base, _, _ := strings.Cut(strings.ToLower(tag), "-")
	return base, codeForm.MatchString(base)
}

// SetFaces sets what differs, by [LanguageCode]; "" is for everybody whose language has none of its own. Each is the state of
// one language and Telegram keeps the others. It returns how many settings were changed.
func (c *Channel) SetFaces(ctx context.Context, faces map[string]Face) (changed int, err error) {
	for code, f := range faces {
		if err := f.check(code); err != nil {
			return 0, err
		}
	}
	for _, code := range slices.Sorted(maps.Keys(faces)) { // "" first: the others are shown as it while they have none
		for _, s := range c.settings(code, faces[code]) {
			did, err := c.set(ctx, s)
			if err != nil {
				return changed, operatorError(fmt.Sprintf("setting the bot's %s for language %q", s.what, code), err)
			}
			if did {
				changed++
			}
		}
	}
	return changed, nil
}

func (f Face) check(code string) error {
	if code != "" && !codeForm.MatchString(code) {
		return fmt.Errorf("the bot's face: %q is no two-letter language code", code)
	}
	for _, l := range []struct {
		what, text string
		max        int
	}{{"name", f.Name, 64}, {"short description", f.ShortDescription, 120}, {"description", f.Description, 512}} {
		if n := utf8.RuneCountInString(l.text); n > l.max {
			return fmt.Errorf("the bot's %s for language %q has %d letters, Telegram takes %d: shorten it", l.what, code, n, l.max)
		}
	}
	if len(f.Commands) > 100 {
		return errors.New("the bot's menu has more than the 100 commands that Telegram takes")
	}
	for _, m := range f.Commands {
		if !commandForm.MatchString(m.Name) {
			return fmt.Errorf("the bot's command %q: Telegram takes 1 to 32 of a-z, 0-9 and _", m.Name)
		}
		if n := utf8.RuneCountInString(m.Text); n < 1 || n > 256 {
			return fmt.Errorf("the text of the bot's command %q has %d letters, Telegram takes 1 to 256", m.Name, n)
		}
	}
	return nil
}

// A setting is one thing that Telegram keeps for one language.
type setting struct {
	what string
	same func(context.Context) (bool, error)
	set  func(context.Context) error
}

func (c *Channel) settings(code string, f Face) []setting {
	text := func(what, want string, get func(context.Context) (string, error), set func(context.Context) error) setting {
		return setting{what, func(ctx context.Context) (bool, error) {
			got, err := get(ctx)
			return got == want, err
		}, set}
	}
	commands := make([]models.BotCommand, len(f.Commands))
	for i, m := range f.Commands {
		commands[i] = models.BotCommand{Command: m.Name, Description: m.Text}
	}
	return []setting{
		text("name", f.Name, func(ctx context.Context) (string, error) {
			got, err := c.api.GetMyName(ctx, &tg.GetMyNameParams{LanguageCode: code})
			return got.Name, err
		}, func(ctx context.Context) error {
			_, err := c.api.SetMyName(ctx, &tg.SetMyNameParams{Name: f.Name, LanguageCode: code})
			return err
		}),
		text("short description", f.ShortDescription, func(ctx context.Context) (string, error) {
			got, err := c.api.GetMyShortDescription(ctx, &tg.GetMyShortDescriptionParams{LanguageCode: code})
			return got.ShortDescription, err
		}, func(ctx context.Context) error {
			_, err := c.api.SetMyShortDescription(ctx, &tg.SetMyShortDescriptionParams{ShortDescription: f.ShortDescription, LanguageCode: code})
			return err
		}),
		text("description", f.Description, func(ctx context.Context) (string, error) {
			got, err := c.api.GetMyDescription(ctx, &tg.GetMyDescriptionParams{LanguageCode: code})
			return got.Description, err
		}, func(ctx context.Context) error {
			_, err := c.api.SetMyDescription(ctx, &tg.SetMyDescriptionParams{Description: f.Description, LanguageCode: code})
			return err
		}),
		{"menu", func(ctx context.Context) (bool, error) {
			got, err := c.api.GetMyCommands(ctx, &tg.GetMyCommandsParams{LanguageCode: code})
			return slices.Equal(got, commands), err
		}, func(ctx context.Context) error {
			if len(commands) == 0 {
				_, err := c.api.DeleteMyCommands(ctx, &tg.DeleteMyCommandsParams{LanguageCode: code})
				return err
			}
			_, err := c.api.SetMyCommands(ctx, &tg.SetMyCommandsParams{Commands: commands, LanguageCode: code})
			return err
		}},
	}
}

// set asks, and sets if it differs. When Telegram asks to wait a little it waits.
func (c *Channel) set(ctx context.Context, s setting) (did bool, err error) {
	same := false
	err = c.patiently(ctx, func() (err error) { same, err = s.same(ctx); return err })
	if err != nil || same {
		return false, err
	}
	return true, c.patiently(ctx, func() error { return s.set(ctx) })
}

func (c *Channel) patiently(ctx context.Context, call func() error) error {
	for {
		err := call()
		var many *tg.TooManyRequestsError
		if !errors.As(err, &many) {
			return err
		}
		d := time.Duration(max(1, many.RetryAfter)) * time.Second
		if d > faceWait || !rest(ctx, d) {
			return err
		}
	}
}
