package signin

import (
	"context"
	"errors"
	"net/netip"
	"net/url"
	"strconv"

	"github.com/wneessen/go-mail"
)

// smtpSender sends mails through a server.
type smtpSender struct {
	host, from string
	options    []mail.Option
}

// SMTP sends mails from an address through the server of a URL: smtps://user:password@mail.example.com, or smtp://, which
// becomes TLS before anything is said that matters. Only a server on this machine may do without.
func SMTP(address, from string) (Sender, error) {
	u, err := url.Parse(address)
	if err != nil || u.Hostname() == "" || u.Scheme != "smtp" && u.Scheme != "smtps" || u.Path != "" && u.Path != "/" || u.RawQuery != "" {
		return nil, errors.New("an SMTP URL is like smtps://user:password@mail.example.com:465") // never with the password in it
	}
	if err := mail.NewMsg().From(from); err != nil {
		return nil, errors.New("mails are sent from an address like stator@example.com")
	}
	s := &smtpSender{host: u.Hostname(), from: from, options: []mail.Option{mail.WithTimeout(jobTimeout)}}
	switch {
	case u.Scheme == "smtps":
		s.options = append(s.options, mail.WithSSLPort(false))
	case isLocal(s.host):
		s.options = append(s.options, mail.WithTLSPortPolicy(mail.TLSOpportunistic))
	default:
		s.options = append(s.options, mail.WithTLSPortPolicy(mail.TLSMandatory))
	}
	if text := u.Port(); text != "" {
		port, err := strconv.Atoi(text)
		if err != nil {
			return nil, err
		}
		s.options = append(s.options, mail.WithPort(port))
	}
	if u.User != nil {
		password, _ := u.User.Password()
		s.options = append(s.options, mail.WithSMTPAuth(mail.SMTPAuthAutoDiscover), mail.WithUsername(u.User.Username()), mail.WithPassword(password))
	}
	_, err = mail.NewClient(s.host, s.options...)
	return s, err
}

func isLocal(host string) bool {
	a, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && a.IsLoopback()
}

// Send implements Sender.
func (s *smtpSender) Send(ctx context.Context, m Mail) error {
	msg := mail.NewMsg()
	if err := errors.Join(msg.From(s.from), msg.To(m.To)); err != nil {
		return err
	}
	msg.Subject(m.Subject)
	msg.SetBodyString(mail.TypeTextPlain, m.Text)
	client, err := mail.NewClient(s.host, s.options...)
	if err != nil {
		return err
	}
	return client.DialAndSendWithContext(ctx, msg)
}
