using Millrace.Runtime;
using Millrace.Runtime.Sql;
using Millrace.TestKit;

namespace Millrace.Cli.Tests.Sql;

/// <summary>Jobs whose rows go through a query.</summary>
public sealed class TransformTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Rows_are_chosen_computed_and_filtered_on_their_way()
    {
        Write("in.csv", "id,amount,day\n1,10.5,2024-01-01\n2,4,2024-01-02\n3,7,2024-01-03\n");
        RunSummary run = await RunAsync("SELECT id * 10 AS id, round(amount, 0) AS amount FROM source WHERE day < DATE '2024-01-03'");
        Assert.Equal(RunOutcome.Succeeded, run.Outcome);
        Assert.Equal(["10\t11", "20\t4"], await TargetAsync());
    }

    [Fact]
    public async Task Only_what_is_new_goes_through_again()
    {
        Write("in.csv", "id,amount\n1,1\n2,2\n");
        await RunAsync("SELECT id, amount + 1 AS a FROM source", "mode: incremental");
        File.AppendAllText(Path.Combine(_folder.Path, "in.csv"), "3,3\n");
        RunSummary run = await RunAsync("SELECT id, amount + 1 AS a FROM source", "mode: incremental");
        Assert.Equal(1, run.Rows);
        Assert.Equal(["1\t2", "2\t3", "3\t4"], await TargetAsync());
    }

    [Fact]
    public async Task A_row_without_a_value_stops_the_job_or_is_set_aside()
    {
        Write("in.csv", "id,n\n1,1\n2,0\n3,2\n");
        RunSummary failed = await RunAsync("SELECT id, 10 / n AS q FROM source");
        Assert.Equal("MR5202", failed.Error?.Code.Id);
        RunSummary run = await RunAsync("SELECT id, 10 / n AS q FROM source", more: "failure: log_and_continue");
        Assert.Equal((RunOutcome.Partial, 2L, 1L), (run.Outcome, run.Rows, run.BadRows));
        Assert.Equal(["1\t10", "3\t5"], await TargetAsync());
    }

    [Fact]
    public async Task A_query_over_several_rows_is_refused()
    {
        Write("in.csv", "id\n1\n");
        RunSummary run = await RunAsync("SELECT count(*) AS n FROM source");
        Assert.Equal("MR5308", run.Error?.Code.Id);
        Assert.Contains("INSERT INTO target SELECT ", run.Error!.Hint, StringComparison.Ordinal);
    }

    [Fact]
    public void A_mistake_in_the_text_is_found_when_the_job_is_read()
    {
        Write("in.csv", "id\n1\n");
        MillraceException error = Assert.Throws<MillraceException>(() => Load("SELEC id FROM source", "", ""));
        Assert.Equal("MR5001", (error.Related.Count > 0 ? error.Related[0] : error).Code.Id);
    }

    [Fact]
    public async Task A_query_may_stand_in_a_file()
    {
        Write("in.csv", "id\n1\n2\n");
        Write("pick.sql", "SELECT id AS key FROM source WHERE id = 2");
        await RunAsync("pick.sql");
        Assert.Equal(["2"], await TargetAsync());
    }

    [Fact]
    public async Task A_transform_calls_functions_of_an_assembly()
    {
        Write("in.csv", "id,t\n1,100\n2,0\n");
        File.Copy(Path.Combine(AppContext.BaseDirectory, "Millrace.SampleFunctions.dll"), Path.Combine(_folder.Path, "mine.dll"));
        await RunAsync("SELECT id, fahrenheit(t) AS f FROM source", more: "functions: [mine.dll]");
        Assert.Equal(["1\t212", "2\t32"], await TargetAsync());
        MillraceException error = Assert.Throws<MillraceException>(() => Load("SELECT id FROM source", "", "functions: [none.dll]"));
        Assert.Equal("MR5312", error.Code.Id);
    }

    private void Write(string name, string text) => File.WriteAllText(Path.Combine(_folder.Path, name), text);

    private JobFile Load(string transform, string source, string more)
    {
        Write("job.yaml", $"name: t\nsource:\n  location: in.csv\n  {source}\ntransform: \"{transform}\"\ntarget: out/\n{more}\n");
        return JobFile.Load(Path.Combine(_folder.Path, "job.yaml"), Composition.Connectors);
    }

    private Task<RunSummary> RunAsync(string transform, string source = "", string more = "")
        => new PipelineRunner(Pipeline.Of(Load(transform, source, more), Composition.Connectors)).RunAsync(CancellationToken.None);

    private async Task<IReadOnlyList<string>> TargetAsync()
    {
        using var session = new SqlSession(Composition.Connectors, _folder.Path);
        return await LogicTests.RowsAsync(session, "SELECT * FROM 'out/' ORDER BY 1");
    }
}
