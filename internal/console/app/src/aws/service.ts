// Clients of the AWS SDK for the server that this page is from.
import type { AwsCredentialIdentity } from "@aws-sdk/types";
import { credentials, currentRegion, generation } from "./credentials";

interface ClientConfig {
  endpoint: string;
  region: string;
  credentials: () => Promise<AwsCredentialIdentity>;
  maxAttempts: number;
}

/** service(config => new IAMClient(config)) gives a function that returns the client of a region: the one selected, unless it is told another. */
export function service<Client>(make: (config: ClientConfig) => Client): (region?: string) => Client {
  const clients = new Map<string, Client>();
  let of = generation();
  return (region = currentRegion()) => {
    if (of !== generation()) clients.clear();
    of = generation();
    let client = clients.get(region);
    if (!client) {
      client = make({ endpoint: location.origin, region, credentials, maxAttempts: 3 });
      clients.set(region, client);
    }
    return client;
  };
}
