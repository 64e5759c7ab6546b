// Programs in five languages that list the tables. Keys come from the profile or the environment: they have no place in code.
import type { Snippet } from "../parts/snippets";
import { lines, type Target } from "./settings";

export interface Sdk {
  id: string;
  name: string;
  snippets(t: Target): Snippet[];
}

const keys = "Credentials are read from the environment or from ~/.aws, as the AWS CLI has them.";

export const sdks: Sdk[] = [
  {
    id: "python",
    name: "Python",
    snippets: (t) => [
      { title: "Install", text: "pip install boto3\n" },
      {
        title: "app.py",
        hint: keys,
        text: lines([
          "import boto3",
          "",
          `dynamodb = boto3.client("dynamodb", region_name="${t.region}", endpoint_url="${t.endpoint}")`,
          `print(dynamodb.list_tables()["TableNames"])`,
        ]),
      },
    ],
  },
  {
    id: "javascript",
    name: "JavaScript",
    snippets: (t) => [
      { title: "Install", text: "npm install @aws-sdk/client-dynamodb\n" },
      {
        title: "app.mjs",
        hint: keys,
        text: lines([
          `import { DynamoDBClient, ListTablesCommand } from "@aws-sdk/client-dynamodb";`,
          "",
          `const client = new DynamoDBClient({ region: "${t.region}", endpoint: "${t.endpoint}" });`,
          "const { TableNames } = await client.send(new ListTablesCommand({}));",
          "console.log(TableNames);",
        ]),
      },
    ],
  },
  {
    id: "go",
    name: "Go",
    snippets: (t) => [
      { title: "Install", text: "go get github.com/aws/aws-sdk-go-v2/config github.com/aws/aws-sdk-go-v2/service/dynamodb\n" },
      {
        title: "main.go",
        hint: keys,
        text: lines([
          "package main",
          "",
          "import (",
          `\t"context"`,
          `\t"fmt"`,
          `\t"log"`,
          "",
          `\t"github.com/aws/aws-sdk-go-v2/config"`,
          `\t"github.com/aws/aws-sdk-go-v2/service/dynamodb"`,
          ")",
          "",
          "func main() {",
          "\tctx := context.Background()",
          `\tcfg, err := config.LoadDefaultConfig(ctx, config.WithRegion("${t.region}"), config.WithBaseEndpoint("${t.endpoint}"))`,
          "\tif err != nil {",
          "\t\tlog.Fatal(err)",
          "\t}",
          "\tout, err := dynamodb.NewFromConfig(cfg).ListTables(ctx, &dynamodb.ListTablesInput{})",
          "\tif err != nil {",
          "\t\tlog.Fatal(err)",
          "\t}",
          "\tfmt.Println(out.TableNames)",
          "}",
        ]),
      },
    ],
  },
  {
    id: "java",
    name: "Java",
    snippets: (t) => [
      { title: "build.gradle", text: lines([`implementation platform("software.amazon.awssdk:bom:2.+")`, `implementation "software.amazon.awssdk:dynamodb"`]) },
      {
        title: "App.java",
        hint: keys,
        text: lines([
          "import java.net.URI;",
          "import software.amazon.awssdk.regions.Region;",
          "import software.amazon.awssdk.services.dynamodb.DynamoDbClient;",
          "",
          "public class App {",
          "  public static void main(String[] args) {",
          "    try (DynamoDbClient client = DynamoDbClient.builder()",
          `        .region(Region.of("${t.region}"))`,
          `        .endpointOverride(URI.create("${t.endpoint}"))`,
          "        .build()) {",
          "      System.out.println(client.listTables().tableNames());",
          "    }",
          "  }",
          "}",
        ]),
      },
    ],
  },
  {
    id: "dotnet",
    name: ".NET",
    snippets: (t) => [
      { title: "Install", text: "dotnet add package AWSSDK.DynamoDBv2\n" },
      {
        title: "Program.cs",
        hint: `${keys} The region that requests are signed for is AuthenticationRegion, since ServiceURL has none.`,
        text: lines([
          "using Amazon.DynamoDBv2;",
          "",
          "var client = new AmazonDynamoDBClient(new AmazonDynamoDBConfig",
          "{",
          `    ServiceURL = "${t.endpoint}",`,
          `    AuthenticationRegion = "${t.region}",`,
          "});",
          "var tables = await client.ListTablesAsync();",
          `Console.WriteLine(string.Join(", ", tables.TableNames ?? []));`,
        ]),
      },
    ],
  },
];
