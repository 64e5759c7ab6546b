package main

import (
	"context"
	"crypto/x509"
	"errors"
	"flag"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/signal"
	"text/tabwriter"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/organizations"
	"github.com/aws/aws-sdk-go-v2/service/organizations/types"

	"github.com/statordb/stator"
	"github.com/statordb/stator/internal/identity"
)

const accountUsage = `Usage:
  stator account list [flags]                                  list the accounts of a server
  stator account create --name NAME --email EMAIL [flags]      make another account
  stator account describe --id ID [flags]                      show one
  stator account close --id ID [flags]                         end all access to one; nothing is deleted

The commands call the server's own AWS Organizations API, as aws organizations does, with the access key in the data
folder. If no server runs there, they open the engine themselves.
`

// account has the accounts of a server made, listed and closed. It is a client of the API like any other.
func account(ctx context.Context, args []string, std stdio) error {
	if len(args) == 0 {
		return &usageError{"which of list, create, describe and close?\n\n" + accountUsage}
	}
	name, args := args[0], args[1:]
	type run func(context.Context, *organizations.Client, stdio) error
	var conf config
	var accountName, email, role, id string
	commands := map[string]struct {
		flags func(*flag.FlagSet)
		run   run
	}{
		"list": {func(*flag.FlagSet) {}, listAccounts},
		"create": {func(f *flag.FlagSet) {
			f.StringVar(&accountName, "name", "", "`name` of the account")
			f.StringVar(&email, "email", "", "`address` of its owner; no two accounts have the same")
			f.StringVar(&role, "role-name", "OrganizationAccountAccessRole", "`role` in it that the first account may assume")
		}, func(ctx context.Context, c *organizations.Client, std stdio) error {
			return createAccount(ctx, c, std, accountName, email, role)
		}},
		"describe": {func(f *flag.FlagSet) { f.StringVar(&id, "id", "", "12 `digits`") },
			func(ctx context.Context, c *organizations.Client, std stdio) error {
				out, err := c.DescribeAccount(ctx, &organizations.DescribeAccountInput{AccountId: &id})
				if err != nil {
					return err
				}
				return printAccounts(std, []types.Account{*out.Account})
			}},
		"close": {func(f *flag.FlagSet) { f.StringVar(&id, "id", "", "12 `digits`") },
			func(ctx context.Context, c *organizations.Client, std stdio) error {
				_, err := c.CloseAccount(ctx, &organizations.CloseAccountInput{AccountId: &id})
				return err
			}},
	}
	cmd, ok := commands[name]
	if !ok {
		return &usageError{fmt.Sprintf("there is no command account %q\n\n%s", name, accountUsage)}
	}
	err := parse("account "+name, args, std, func(f *flag.FlagSet) {
		conf.whereFlags(f)
		conf.masterKeyFlag(f)
		cmd.flags(f)
	})
	if err == nil {
		err = conf.checkEngine()
	}
	if err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt)
	defer stop()
	return withServer(ctx, &conf, func(at announcement) error {
		client, err := organizationsClient(ctx, conf.data, at)
		if err != nil {
			return err
		}
		return cmd.run(ctx, client, std)
	})
}

// withServer calls fn with the server that runs on a data folder, or starts one for as long as that takes.
func withServer(ctx context.Context, c *config, fn func(announcement) error) error {
	if at, err := readAnnouncement(c.data); err == nil && answers(ctx, at) {
		return fn(at)
	}
	masterKey, err := c.masterKey(ctx)
	if err != nil {
		return err
	}
	opts := c.where()
	opts.MasterKey = masterKey
	s, err := stator.Open(opts)
	if err != nil {
		return err
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return errors.Join(err, s.Close())
	}
	ctx, stop := context.WithCancel(ctx)
	served := make(chan error, 1)
	go func() { served <- s.Serve(ctx, ln, time.Second) }()
	err = fn(announcement{Endpoint: "http://" + ln.Addr().String(), Region: s.Region()})
	stop()
	return errors.Join(err, <-served, s.Close())
}

// answers says whether a server is where the folder says.
func answers(ctx context.Context, at announcement) bool {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, at.Endpoint+"/healthz", nil)
	if err != nil {
		return false
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		// It is there, but not for us: the call that follows says why.
		var unreachable *net.OpError
		return !errors.As(err, &unreachable)
	}
	return res.Body.Close() == nil
}

func organizationsClient(ctx context.Context, data string, at announcement) (*organizations.Client, error) {
	key, err := identity.Folder(data).AccessKey()
	if err != nil {
		return nil, fmt.Errorf("%w; without the folder's access key, call aws organizations with your own", err)
	}
	client, err := httpClient()
	if err != nil {
		return nil, err
	}
	// Nothing of the operator's own profiles matters here.
	return organizations.NewFromConfig(aws.Config{Region: at.Region, BaseEndpoint: &at.Endpoint, HTTPClient: client,
		Credentials: credentials.NewStaticCredentialsProvider(key.ID, key.Secret, "")}), nil
}

// httpClient trusts the certificates that other AWS clients are told to trust.
func httpClient() (*awshttp.BuildableClient, error) {
	client := awshttp.NewBuildableClient()
	bundle := os.Getenv("AWS_CA_BUNDLE")
	if bundle == "" {
		return client, nil
	}
	certificates, err := os.ReadFile(bundle)
	if err != nil {
		return nil, err
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(certificates) {
		return nil, fmt.Errorf("%s has no certificates", bundle)
	}
	return client.WithTransportOptions(func(t *http.Transport) { t.TLSClientConfig.RootCAs = roots }), nil
}

func listAccounts(ctx context.Context, c *organizations.Client, std stdio) error {
	var all []types.Account
	for pages := organizations.NewListAccountsPaginator(c, &organizations.ListAccountsInput{}); pages.HasMorePages(); {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return err
		}
		all = append(all, page.Accounts...)
	}
	return printAccounts(std, all)
}

func createAccount(ctx context.Context, c *organizations.Client, std stdio, name, email, role string) error {
	out, err := c.CreateAccount(ctx, &organizations.CreateAccountInput{AccountName: &name, Email: &email, RoleName: &role})
	if err != nil {
		return err
	}
	id := aws.ToString(out.CreateAccountStatus.AccountId)
	_, err = fmt.Fprintf(std.out, "account  %s\nrole     arn:aws:iam::%[1]s:role/%s\n", id, role)
	return err
}

func printAccounts(std stdio, accounts []types.Account) error {
	w := tabwriter.NewWriter(std.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "ID\tNAME\tEMAIL\tSTATUS\tSINCE")
	for _, a := range accounts {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", aws.ToString(a.Id), aws.ToString(a.Name), aws.ToString(a.Email), a.Status,
			aws.ToTime(a.JoinedTimestamp).UTC().Format(time.DateOnly))
	}
	return w.Flush()
}
