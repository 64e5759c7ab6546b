// The instance of IAM Identity Center, which the pages of this section are about.
import { paginateListInstances, type InstanceMetadata } from "@aws-sdk/client-sso-admin";
import Alert from "@cloudscape-design/components/alert";
import Button from "@cloudscape-design/components/button";
import type { ReactNode } from "react";
import { all, useAws } from "../aws/query";
import { ssoAdmin } from "../aws/ssoadmin";
import { Loaded } from "../parts/loaded";
import { Page } from "../shell/page";

export interface Center {
  /** Of the instance. */
  arn: string;
  /** The identity store, d-…. */
  store: string;
}

/** The instance; null where there is none in the region. */
export const useInstance = () =>
  useAws(["sso", "ListInstances"], async (): Promise<InstanceMetadata | null> => {
    const instances = await all(paginateListInstances({ client: ssoAdmin() }, {}), (page) => page.Instances);
    return instances[0] ?? null;
  });

export const root: [string, string] = ["IAM Identity Center", "/console/singlesignon"];

/** A page that needs the instance. Where there is none, it leads to where one is made. */
export function InCenter({ title, children }: { title: string; children: (center: Center) => ReactNode }) {
  const instance = useInstance();
  if (instance.data) return children({ arn: instance.data.InstanceArn!, store: instance.data.IdentityStoreId! });
  return (
    <Page title={title} breadcrumbs={[root]}>
      {instance.data === null ? (
        <Alert header="IAM Identity Center is not enabled in this region" action={<Button href="/console/singlesignon">Enable IAM Identity Center</Button>}>
          There is one instance for all accounts of the server, in one region. Where it is in another, choose that at the top of the page.
        </Alert>
      ) : (
        <Loaded query={instance}>{() => null}</Loaded>
      )}
    </Page>
  );
}
