using System.Text.Json.Nodes;

namespace Millrace.Scenarios.Cli;

/// <summary>Data contracts from the command line.</summary>
public sealed class AssetCommandTests : IDisposable
{
    private const string Contract = """
        name: customers
        version: 1.0.0
        quality:
          - {rule: rowCount, mustBeGreaterThan: 2}
          - {type: sql, name: rich, query: "SELECT count(*) FROM ${table} WHERE credit > 5", mustBeLessThan: 2}
          - {type: custom, engine: soda, implementation: x}
        schema:
          - {name: id, type: bigint, required: true, unique: true}
          - {name: email, type: varchar, format: email, quality: [{rule: nullValues, mustBeLessThan: 50, unit: percent}]}
          - {name: credit, type: "decimal(12,2)", min: 0}

        """;

    private const string Rows = "id,email,credit\n1,a@example.org,1\n2,,7\n3,b@example.org,2.5\n";

    private readonly TempFolder _folder = new();
    private readonly MillraceProcess _millrace;

    public AssetCommandTests()
    {
        _millrace = new MillraceProcess(_folder.Path);
        File.WriteAllText(_folder["customers.yaml"], Contract);
        File.WriteAllText(_folder["customers.csv"], Rows);
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_contract_is_generated_changed_compared_and_held_against_rows()
    {
        MillraceResult generated = await RunAsync(0, "asset", "generate", "customers.csv", "-o", "made.yaml");
        Assert.Contains("written: made.yaml", generated.Errors, StringComparison.Ordinal);
        string made = File.ReadAllText(_folder["made.yaml"]);
        Assert.Contains("# proposed, to be decided: classification: pii (email: the name holds 'email')", made, StringComparison.Ordinal);
        Assert.Contains("all keep the contract", (await RunAsync(0, "asset", "check", "made.yaml", "customers.csv")).Output, StringComparison.Ordinal);

        File.WriteAllText(_folder["next.yaml"], made.Replace("version: \"1.0.0\"", "version: \"2.0.0\"", StringComparison.Ordinal).Replace("  - name: credit", "    required: true\n  - name: credit", StringComparison.Ordinal));
        MillraceResult breaking = await RunAsync(2, "asset", "diff", "made.yaml", "next.yaml");
        Assert.Contains("forward     email: now required", breaking.Output, StringComparison.Ordinal);
        JsonNode json = (await RunAsync(0, "asset", "diff", "made.yaml", "next.yaml", "--require", "forward", "--json")).Json[0];
        Assert.Equal(("forward", false, true, "2.0.0"), ((string)json["level"]!, (bool)json["backward"]!, (bool)json["forward"]!, (string)json["new_version"]!));
        Assert.Contains("2 rows looked at", (await RunAsync(1, "asset", "check", "next.yaml", "short.csv")).Output, StringComparison.Ordinal);
        Assert.Contains("no change", (await RunAsync(0, "asset", "diff", "made.yaml", "made.yaml")).Output, StringComparison.Ordinal);

        File.WriteAllText(_folder["lax.yaml"], Contract.Replace("mustBeGreaterThan: 2", "mustBeGreaterThan: 1", StringComparison.Ordinal).Replace(", quality: [{rule: nullValues, mustBeLessThan: 50, unit: percent}]", "", StringComparison.Ordinal));
        MillraceResult lax = await RunAsync(2, "asset", "diff", "customers.yaml", "lax.yaml");
        Assert.Contains("backward    email: quality rule email.nullValues removed: who relies on the old contract can get rows that break it", lax.Output, StringComparison.Ordinal);
        Assert.Contains("quality rule rowCount changed: whether one implies the other cannot be told", lax.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_contract_goes_to_the_standard_and_back()
    {
        await RunAsync(0, "asset", "export", "customers.yaml", "-o", "standard.yaml");
        string standard = File.ReadAllText(_folder["standard.yaml"]);
        Assert.Contains("query: \"SELECT count(*) FROM ${table} WHERE credit > 5\"", standard, StringComparison.Ordinal);
        string back = (await RunAsync(0, "asset", "import", "standard.yaml")).Output;
        File.WriteAllText(_folder["back.yaml"], back);
        Assert.Contains("no change", (await RunAsync(0, "asset", "diff", "customers.yaml", "back.yaml")).Output, StringComparison.Ordinal);
        Assert.Equal(standard, (await RunAsync(0, "asset", "export", "back.yaml")).Output);
        Assert.Equal((await RunAsync(0, "asset", "check", "customers.yaml", "customers.csv", "--json")).Output, (await RunAsync(0, "asset", "check", "standard.yaml", "customers.csv", "--json")).Output);
    }

    [Fact]
    public async Task Quality_rules_are_judged_and_those_that_are_not_are_named()
    {
        JsonNode json = (await RunAsync(0, "asset", "check", "customers.yaml", "customers.csv", "--json")).Json[0];
        Assert.Equal(["rowCount", "rich", "email.nullValues"], json["quality"]!.AsArray().Select(r => (string)r!["rule"]!));
        Assert.Contains("'custom' is not evaluated: it is for soda", (string)json["notes"]![0]!, StringComparison.Ordinal);

        File.WriteAllText(_folder["job.yaml"], "name: load\nasset: customers.yaml\nsource: customers.csv\ntarget: out.parquet\n");
        File.WriteAllText(_folder["customers.csv"], "id,email,credit\n1,,9\n2,,7\n");
        MillraceResult failed = await RunAsync(2, "run", "job.yaml");
        Assert.Contains("error MR1127: The rows do not keep the contract 'customers': 'rowCount' is 2, must be greater than 2; 'rich' is 2, must be less than 2; 'email.nullValues' is 100 %, must be less than 50 %. None of them was committed.", failed.Errors, StringComparison.Ordinal);
        Assert.False(File.Exists(_folder["out.parquet"]));
        Assert.Contains("quality rule 'rich' is 2, must be less than 2", (await RunAsync(1, "asset", "check", "customers.yaml", "customers.csv")).Output, StringComparison.Ordinal);

        File.AppendAllText(_folder["job.yaml"], "schema_validation_mode: warn\n");
        MillraceResult told = await RunAsync(0, "run", "job.yaml");
        Assert.Contains("quality rule 'rowCount' is 2", told.Errors + told.Output, StringComparison.Ordinal);
        Assert.True(File.Exists(_folder["out.parquet"]));
    }

    [Theory]
    [InlineData("INSERT INTO clean SELECT * FROM 'customers.csv'")]
    [InlineData("CREATE STREAM s WITH (path = 'in/', format = 'csv', follow = 'true'); SET drain = on; INSERT INTO clean SELECT * FROM s")]
    public async Task Targets_of_statements_have_contracts(string statements)
    {
        Directory.CreateDirectory(_folder["in"]);
        File.WriteAllText(_folder["in/1.csv"], Rows + "3,c@example.org,1\n4,nobody,-1\n");
        File.Copy(_folder["in/1.csv"], _folder["customers.csv"], overwrite: true);
        string target = "CREATE TABLE clean WITH (path = 'clean/', format = 'csv', asset = 'customers.yaml', failure.strategy = 'dead_letter'";
        File.WriteAllText(_folder["load.sql"], $"{target}); {statements};");
        MillraceResult run = await _millrace.RunAsync("sql", "load.sql");
        Assert.True(run.ExitCode == 1, run.Output + run.Errors);
        Assert.Equal(["1,a@example.org,1.00", "2,,7.00", "3,b@example.org,2.50"], Directory.GetFiles(_folder["clean"], "*.csv").SelectMany(f => File.ReadLines(f).Skip(1)).Order());

        File.WriteAllText(_folder["strict.sql"], $"{target}, failure.stages.contract = 'fail_batch'); {statements};".Replace("clean", "strict", StringComparison.Ordinal));
        MillraceResult strict = await RunAsync(2, "sql", "strict.sql");
        Assert.Contains("MR111", strict.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_contract_is_for_results_that_only_grow()
    {
        Directory.CreateDirectory(_folder["in"]);
        File.Copy(_folder["customers.csv"], _folder["in/1.csv"]);
        File.WriteAllText(_folder["load.sql"], "CREATE STREAM s WITH (path = 'in/', format = 'csv', follow = 'true'); SET drain = on; CREATE TABLE t (id bigint PRIMARY KEY, n bigint) WITH (path = 't/', format = 'json', asset = 'customers.yaml'); INSERT INTO t SELECT id, count(*) FROM s GROUP BY id;");
        Assert.Contains("MR1128", (await RunAsync(2, "sql", "load.sql")).Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("MR1121", "asset", "check", "customers.yaml#orders")]
    [InlineData("did you mean 'nullValues'?", "asset", "check", "slip.yaml")]
    [InlineData("did you mean 'credit'?", "asset", "check", "query.yaml", "customers.csv")]
    [InlineData("did you mean 'required'?", "asset", "export", "option.yaml")]
    [InlineData("nowhere.yaml", "asset", "diff", "customers.yaml", "nowhere.yaml")]
    [InlineData("did you mean 'generate'?", "asset", "genrate", "customers.csv")]
    [InlineData("nowhere.csv", "asset", "generate", "nowhere.csv")]
    [InlineData("backward", "asset", "diff", "customers.yaml", "customers.yaml", "--require", "both")]
    public async Task Faults_are_told_with_what_to_do(string message, params string[] arguments)
    {
        File.WriteAllText(_folder["slip.yaml"], "name: a\nschema:\n  - {name: id, quality: [{rule: nulValues}]}\n");
        File.WriteAllText(_folder["query.yaml"], "name: a\nquality:\n  - {type: sql, query: \"SELECT sum(credt) FROM {object}\", mustBe: 1}\nschema: [{name: id}, {name: credit}]\n");
        File.WriteAllText(_folder["option.yaml"], "name: a\nschema: [{name: id, requird: true}]\n");
        Assert.Contains(message, (await RunAsync(2, arguments)).Errors, StringComparison.Ordinal);
    }

    private async Task<MillraceResult> RunAsync(int exit, params string[] arguments)
    {
        if (!File.Exists(_folder["short.csv"]))
        {
            File.WriteAllText(_folder["short.csv"], "id,email,credit\n1,a@example.org,1\n2,,7\n");
        }

        MillraceResult result = await _millrace.RunAsync(arguments);
        Assert.True(result.ExitCode == exit, $"{result.ExitCode}\n{result.Output}{result.Errors}");
        return result;
    }
}
