package center

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ssoadmin"
	"github.com/aws/aws-sdk-go-v2/service/ssoadmin/types"

	"github.com/statordb/stator/internal/awsapi"
	"github.com/statordb/stator/internal/kv"
	"github.com/statordb/stator/internal/policy"
)

// Applications are customer managed ones that speak OAuth 2.0: they exchange tokens of a trusted token issuer, or authorization
// codes, for tokens of IAM Identity Center (CreateTokenWithIAM).

// customProvider is the only application provider that CreateApplication takes: other applications are AWS's own, or of SAML 2.0.
const customProvider = "arn:aws:sso::aws:applicationProvider/custom"

// maxApplications bounds the applications of an instance ("IAM Identity Center quotas", User Guide).
const maxApplications = 3000

// applicationRecord is an application.
type applicationRecord struct {
	ID, Name, Description string
	Created               time.Time
	Disabled              bool         `json:",omitempty"`
	Tags                  []policy.Tag `json:",omitempty"`
	Portal                portalOptions
	// Open says that users need no assignment.
	Open bool `json:",omitempty"`
	// Background is the status of background sessions of users, "" if nobody has set it.
	Background string `json:",omitempty"`
	// ActorPolicy says who may ask for tokens with IAM, "" for nobody.
	ActorPolicy string `json:",omitempty"`
	// Grants are by their types.
	Grants map[string]Grant `json:",omitempty"`
	// Scopes are what its tokens may be for, each with the targets for which.
	Scopes map[string][]string `json:",omitempty"`
	// Token and Asked are the client token of the request that made it, and the hash of what it asked for.
	Token, Asked string `json:",omitempty"`
}

type portalOptions struct{ Visibility, Origin, URL string }

func applicationKey(id string) []byte { return key("application", id) }

// appAssignedKey is an assignment of an application, and appAssignedToKey leads there from the principal.
func appAssignedKey(app, typ, principal string) []byte {
	return key("appassigned", app, typ, principal)
}

func appAssignedToKey(typ, principal, app string) []byte {
	return key("appassignedto", typ, principal, app)
}

func (i *instanceRecord) applicationARN(id string) string {
	return "arn:aws:sso::" + i.Owner + ":application/" + i.ID + "/" + id
}

// Application is an application as far as tokens of it are concerned.
type Application struct {
	ARN, Name string
	Enabled   bool
	// ActorPolicy says who may ask for tokens with IAM, nil for nobody. The action is sso-oauth:CreateTokenWithIAM.
	ActorPolicy *policy.Policy
	// Grants are by their types: authorization_code, refresh_token, urn:ietf:params:oauth:grant-type:jwt-bearer and
	// urn:ietf:params:oauth:grant-type:token-exchange.
	Grants map[string]Grant
	// Scopes are what tokens may be for.
	Scopes []string

	open bool
	id   string
}

// Grant is how an application may get tokens.
type Grant struct {
	// RedirectURIs are those of authorization_code.
	RedirectURIs []string `json:",omitempty"`
	// Issuers are those of jwt-bearer.
	Issuers []AuthorizedIssuer `json:",omitempty"`
}

// AuthorizedIssuer is a trusted token issuer of an application, with the audiences that tokens have to be for, one of them.
type AuthorizedIssuer struct {
	ARN       string
	Audiences []string
}

// Application returns an application by its ARN, nil if there is none.
func (s *Store) Application(ctx context.Context, r kv.Reader, arn string) (*Application, error) {
	inst, err := find[instanceRecord](ctx, r, instanceKey())
	if err != nil || inst == nil || arn != inst.applicationARN(lastPart(arn)) {
		return nil, err
	}
	rec, err := find[applicationRecord](ctx, r, applicationKey(lastPart(arn)))
	if err != nil || rec == nil {
		return nil, err
	}
	app := &Application{ARN: arn, Name: rec.Name, Enabled: !rec.Disabled, Grants: rec.Grants, open: rec.Open, id: rec.ID}
	for scope := range rec.Scopes {
		app.Scopes = append(app.Scopes, scope)
	}
	slices.Sort(app.Scopes)
	if rec.ActorPolicy != "" {
		app.ActorPolicy, err = policy.Compile(policy.Resource, arn, []byte(rec.ActorPolicy))
	}
	return app, err
}

// MayUse says whether a person may use an application: the user is there and enabled, and it or a group that it is in is assigned, or
// nobody has to be.
func (s *Store) MayUse(ctx context.Context, r kv.Reader, app *Application, userID string) (bool, error) {
	u, err := s.active(ctx, r, userID)
	if err != nil || u == nil || app.open {
		return u != nil && err == nil, err
	}
	all, err := s.principals(ctx, r, userID)
	if err != nil {
		return false, err
	}
	var keys [][]byte
	for _, p := range all {
		keys = append(keys, appAssignedKey(app.id, p.typ, p.id))
	}
	values, err := r.GetMany(ctx, keys)
	return slices.ContainsFunc(values, func(v []byte) bool { return v != nil }), err
}

// application reads an application by its ARN.
func (v *view) application(arn *string) (*applicationRecord, error) {
	id := lastPart(*arn)
	if *arn != v.inst.applicationARN(id) {
		return nil, notFound("Application", id)
	}
	app, err := find[applicationRecord](v.ctx, v.r, applicationKey(id))
	if err == nil && app == nil {
		err = notFound("Application", id)
	}
	return app, err
}

// readsApplication is a request that reads something of an application.
func (s *Store) readsApplication(req *awsapi.Request, name string, arn *string, read func(*view, *applicationRecord) (any, error)) (awsapi.Call, error) {
	return &call{s: s, req: req, name: name, on: []string{*arn}, read: func(v *view) (any, error) {
		app, err := v.application(arn)
		if err != nil {
			return nil, err
		}
		return read(v, app)
	}}, nil
}

// changesApplication is a request that changes an application.
func (s *Store) changesApplication(req *awsapi.Request, name string, arn *string, out any, change func(*edit, *applicationRecord) error) (awsapi.Call, error) {
	return &call{s: s, req: req, name: name, on: []string{*arn}, change: func(e *edit) (any, error) {
		app, err := e.application(arn)
		if err != nil {
			return nil, err
		}
		if err := change(e, app); err != nil {
			return nil, err
		}
		return out, put(e.tx, applicationKey(app.ID), app)
	}}, nil
}

func checkSignIn(in *types.SignInOptions) error {
	if in != nil && (in.Origin == types.SignInOriginApplication) != (in.ApplicationUrl != nil) {
		return awsapi.Validation("An ApplicationUrl is given for the Origin APPLICATION, and for no other.")
	}
	return nil
}

func (p *portalOptions) signIn(in *types.SignInOptions) {
	if in != nil {
		p.Origin, p.URL = string(in.Origin), aws.ToString(in.ApplicationUrl)
	}
}

// createApplication decodes CreateApplication.
func (s *Store) createApplication(req *awsapi.Request) (awsapi.Call, error) {
	in, err := decode[ssoadmin.CreateApplicationInput](req, "InstanceArn", "ApplicationProviderArn", "Name")
	if err != nil {
		return nil, err
	}
	tags, err := newTags(nil, in.Tags)
	if err != nil {
		return nil, err
	}
	asked := sha256.Sum256(req.Body)
	made := applicationRecord{Name: *in.Name, Description: aws.ToString(in.Description), Disabled: in.Status == types.ApplicationStatusDisabled, Tags: tags,
		Portal: portalOptions{"ENABLED", "IDENTITY_CENTER", ""}, Token: aws.ToString(in.ClientToken), Asked: hex.EncodeToString(asked[:])}
	if o := in.PortalOptions; o != nil {
		if err := checkSignIn(o.SignInOptions); err != nil {
			return nil, err
		}
		if o.Visibility != "" {
			made.Portal.Visibility = string(o.Visibility)
		}
		made.Portal.signIn(o.SignInOptions)
	}
	on := []string{*in.InstanceArn, *in.ApplicationProviderArn}
	return &call{s: s, req: req, name: "CreateApplication", instance: *in.InstanceArn, on: on, tags: tags, change: func(e *edit) (any, error) {
		if *in.ApplicationProviderArn != customProvider {
			return nil, missing("Could not find ApplicationProvider " + *in.ApplicationProviderArn)
		}
		app := made
		app.ID, app.Created = "apl-"+newID(), s.now()
		n := 0
		err := each(e.ctx, e.r, func(_ []string, old *applicationRecord) (bool, error) {
			n++
			if app.Token == "" || old.Token != app.Token {
				return true, nil
			}
			if old.Asked != app.Asked {
				return false, conflict("The ClientToken was used for another request.")
			}
			app.ID = old.ID
			return false, nil
		}, "application")
		if err != nil {
			return nil, err
		}
		out := &ssoadmin.CreateApplicationOutput{ApplicationArn: aws.String(e.inst.applicationARN(app.ID)), InstanceArn: in.InstanceArn, IdentityStoreArn: e.storeARN()}
		if there, err := find[applicationRecord](e.ctx, e.r, applicationKey(app.ID)); err != nil || there != nil {
			return out, err
		}
		if n >= maxApplications {
			return nil, overQuota("An instance has at most 3000 applications.")
		}
		return out, put(e.tx, applicationKey(app.ID), app)
	}}, nil
}

// storeARN is that of the identity store.
func (v *view) storeARN() *string {
	return aws.String("arn:aws:identitystore::" + v.inst.Owner + ":identitystore/" + v.s.dir.ID())
}

func (a *applicationRecord) status() types.ApplicationStatus {
	if a.Disabled {
		return types.ApplicationStatusDisabled
	}
	return types.ApplicationStatusEnabled
}

func (v *view) showApplication(a *applicationRecord) types.Application {
	return types.Application{ApplicationArn: aws.String(v.inst.applicationARN(a.ID)), ApplicationProviderArn: aws.String(customProvider),
		Name: aws.String(a.Name), ApplicationAccount: aws.String(v.inst.Owner), InstanceArn: aws.String(v.inst.arn()), IdentityStoreArn: v.storeARN(), Status: a.status(),
		Description: named(a.Description), CreatedDate: aws.Time(a.Created), CreatedFrom: aws.String(v.inst.Region),
		PortalOptions: &types.PortalOptions{Visibility: types.ApplicationVisibility(a.Portal.Visibility),
			SignInOptions: &types.SignInOptions{Origin: types.SignInOrigin(a.Portal.Origin), ApplicationUrl: named(a.Portal.URL)}}}
}

// describeApplication decodes DescribeApplication.
func (s *Store) describeApplication(req *awsapi.Request) (awsapi.Call, error) {
	in, err := decode[ssoadmin.DescribeApplicationInput](req, "ApplicationArn")
	if err != nil {
		return nil, err
	}
	return s.readsApplication(req, "DescribeApplication", in.ApplicationArn, func(v *view, app *applicationRecord) (any, error) {
		return v.showApplication(app), nil
	})
}

// listApplications decodes ListApplications.
func (s *Store) listApplications(req *awsapi.Request) (awsapi.Call, error) {
	in, err := decode[ssoadmin.ListApplicationsInput](req, "InstanceArn")
	if err != nil {
		return nil, err
	}
	return s.reads(req, "ListApplications", in.InstanceArn, nil, func(v *view) (any, error) {
		list := []types.Application{}
		f := in.Filter
		others := f != nil && (f.ApplicationAccount != nil && *f.ApplicationAccount != v.inst.Owner || f.ApplicationProvider != nil && *f.ApplicationProvider != customProvider)
		err := each(v.ctx, v.r, func(_ []string, a *applicationRecord) (bool, error) {
			if !others {
				list = append(list, v.showApplication(a))
			}
			return true, nil
		}, "application")
		if err != nil {
			return nil, err
		}
		p, err := pageOf(list, func(a types.Application) string { return *a.ApplicationArn }, in.NextToken, in.MaxResults)
		if err != nil {
			return nil, err
		}
		return &ssoadmin.ListApplicationsOutput{Applications: p.items, NextToken: p.next}, nil
	})
}

// updateApplication decodes UpdateApplication.
func (s *Store) updateApplication(req *awsapi.Request) (awsapi.Call, error) {
	in, err := decode[ssoadmin.UpdateApplicationInput](req, "ApplicationArn")
	if err != nil {
		return nil, err
	}
	if in.PortalOptions != nil {
		if err := checkSignIn(in.PortalOptions.SignInOptions); err != nil {
			return nil, err
		}
	}
	return s.changesApplication(req, "UpdateApplication", in.ApplicationArn, &ssoadmin.UpdateApplicationOutput{}, func(_ *edit, app *applicationRecord) error {
		if in.Name != nil {
			app.Name = *in.Name
		}
		if in.Description != nil {
			app.Description = *in.Description
		}
		if in.Status != "" {
			app.Disabled = in.Status == types.ApplicationStatusDisabled
		}
		if in.PortalOptions != nil {
			app.Portal.signIn(in.PortalOptions.SignInOptions)
		}
		return nil
	})
}

// deleteApplication decodes DeleteApplication, with its assignments.
func (s *Store) deleteApplication(req *awsapi.Request) (awsapi.Call, error) {
	in, err := decode[ssoadmin.DeleteApplicationInput](req, "ApplicationArn")
	if err != nil {
		return nil, err
	}
	return &call{s: s, req: req, name: "DeleteApplication", on: []string{*in.ApplicationArn}, change: func(e *edit) (any, error) {
		app, err := e.application(in.ApplicationArn)
		if err != nil {
			return nil, err
		}
		all, err := e.assignedApplication(app.ID)
		if err != nil {
			return nil, err
		}
		for _, p := range all {
			if err := e.unassignApplication(app.ID, p); err != nil {
				return nil, err
			}
		}
		return &ssoadmin.DeleteApplicationOutput{}, e.tx.Delete(applicationKey(app.ID))
	}}, nil
}

// listApplicationProviders decodes ListApplicationProviders.
func (s *Store) listApplicationProviders(req *awsapi.Request) (awsapi.Call, error) {
	if _, err := decode[ssoadmin.ListApplicationProvidersInput](req); err != nil {
		return nil, err
	}
	return &call{s: s, req: req, name: "ListApplicationProviders", on: []string{"*"}, open: true, read: func(*view) (any, error) {
		return &ssoadmin.ListApplicationProvidersOutput{ApplicationProviders: []types.ApplicationProvider{{ApplicationProviderArn: aws.String(customProvider),
			FederationProtocol: types.FederationProtocolOauth, DisplayData: customDisplay()}}}, nil
	}}, nil
}

func customDisplay() *types.DisplayData {
	return &types.DisplayData{DisplayName: aws.String("Custom application"), Description: aws.String("An application of your own that uses OAuth 2.0")}
}

// describeApplicationProvider decodes DescribeApplicationProvider.
func (s *Store) describeApplicationProvider(req *awsapi.Request) (awsapi.Call, error) {
	in, err := decode[ssoadmin.DescribeApplicationProviderInput](req, "ApplicationProviderArn")
	if err != nil {
		return nil, err
	}
	return &call{s: s, req: req, name: "DescribeApplicationProvider", on: []string{*in.ApplicationProviderArn}, open: true, read: func(*view) (any, error) {
		if *in.ApplicationProviderArn != customProvider {
			return nil, missing("Could not find ApplicationProvider " + *in.ApplicationProviderArn)
		}
		return &ssoadmin.DescribeApplicationProviderOutput{ApplicationProviderArn: aws.String(customProvider),
			FederationProtocol: types.FederationProtocolOauth, DisplayData: customDisplay()}, nil
	}}, nil
}
