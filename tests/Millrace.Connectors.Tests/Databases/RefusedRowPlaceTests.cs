using Millrace.Connectors.Files;
using Millrace.Runtime;

namespace Millrace.Connectors.Tests.Databases;

/// <summary>A row of a file that a table does not take is told with the file and the line, or the number of the row where files have no lines.</summary>
public abstract class RefusedRowPlaceTests(Dialect dialect) : DatabaseTests(dialect), IDisposable
{
    // A value of two lines and a line without a row stand before the bad ones, which are rows 2 and 4, from 0.
    private const string Orders = "id,amount,name\n1,1,a\n2,2,\"b\nb\"\n\n3,70000,c\n4,4,d\n5,90000,e\n";

    private readonly TempFolder _folder = new(inMemory: true);

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task A_value_that_does_not_fit_ends_the_run_with_the_line_of_its_row(int epoch)
    {
        CreateTable("amount smallint, name varchar(40)");
        RunSummary summary = await CopyAsync("orders.csv", new FailureSpec(), epoch);
        Assert.Equal($"{Dialect.Errors}09", summary.Error?.Code.Id);
        Assert.Matches($@"^MR\d+ (.*/)?orders\.csv:6 \(column amount\) \(stream (.*\.)?t\): .*70000", summary.Error!.Describe());
    }

    [Fact]
    public async Task A_row_that_breaks_a_rule_of_the_table_ends_the_run_with_its_line()
    {
        CreateTable("amount int, name varchar(40) CHECK (name <> 'd')");
        RunSummary summary = await CopyAsync("orders.csv", new FailureSpec());
        Assert.Equal($"{Dialect.Errors}14", summary.Error?.Code.Id);
        Assert.Matches(@"orders\.csv:7 ", summary.Error!.Describe());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task Rows_that_are_set_aside_have_their_line_in_the_summary_and_in_their_letter(int epoch)
    {
        CreateTable("amount smallint, name varchar(40) CHECK (name <> 'd')");
        RunSummary summary = await CopyAsync("orders.csv", new FailureSpec { Strategy = FailureStrategy.DeadLetter }, epoch);
        Assert.True(summary.Outcome == RunOutcome.Partial, summary.Error?.Describe());
        Assert.Equal(["orders.csv:6", "orders.csv:7", "orders.csv:8"], summary.BadRowSample.Select(e => $"{Path.GetFileName(e.Place.File)}:{e.Place.Line}").Order());
        Assert.Equal("1\n2", Sql($"SELECT id FROM {Dialect.Table("t")} ORDER BY id"));
        string letters = string.Concat(Directory.EnumerateFiles(_folder.Path, "letters-*", SearchOption.AllDirectories).Select(File.ReadAllText));
        Assert.All([6, 7, 8], line => Assert.Contains($"orders.csv\",\"line\":{line},", letters, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_file_without_lines_is_told_with_the_number_of_the_row()
    {
        await RunAsync("orders.csv", new Endpoint("files", new FilesConnector(), new FilesTargetOptions { Path = _folder["orders.parquet"] }), new FailureSpec(), 0);
        CreateTable("amount smallint, name varchar(40)");
        RunSummary summary = await CopyAsync("orders.parquet", new FailureSpec { Strategy = FailureStrategy.DeadLetter });
        Assert.Equal(["orders.parquet 2", "orders.parquet 4"], summary.BadRowSample.Select(e => $"{Path.GetFileName(e.Place.File)} {e.Place.Row}"));
    }

    [Fact]
    public async Task A_row_that_was_dropped_before_does_not_move_the_lines_of_those_behind_it()
    {
        CreateTable("amount smallint, name varchar(40)");
        var columns = new ColumnPlan([new OutputColumn("id", "id", null, false), new OutputColumn("amount", "amount", null, false), new OutputColumn("name", "name", null, true)]);
        _folder.Write("orders.csv", Orders.Replace("1,1,a", "1,1,", StringComparison.Ordinal));
        RunSummary summary = await CopyAsync("orders.csv", new FailureSpec { Strategy = FailureStrategy.DeadLetter }, columns: columns);
        Assert.Equal([2, 6, 8], summary.BadRowSample.Select(e => e.Place.Line));
    }

    public void Dispose()
    {
        _folder.Dispose();
        GC.SuppressFinalize(this);
    }

    private void CreateTable(string columns) => Sql($"CREATE TABLE {Dialect.Table("t")} (id bigint, {columns})");

    private Task<RunSummary> CopyAsync(string file, FailureSpec failure, int epoch = 0, ColumnPlan? columns = null)
        => RunAsync(file, new Endpoint("target", Dialect.Connector, Dialect.Target(Server.Port, Database, Dialect.Table("t"))), failure, epoch, columns);

    private async Task<RunSummary> RunAsync(string file, Endpoint target, FailureSpec failure, int epoch, ColumnPlan? columns = null)
    {
        if (!File.Exists(_folder["orders.csv"]))
        {
            _folder.Write("orders.csv", Orders);
        }

        RunSummary? summary = null;
        await LeakCheck.RunAsync(async () => summary = await new PipelineRunner(new Pipeline
        {
            Job = "orders",
            BaseDirectory = _folder.Path,
            Source = new Endpoint("files", new FilesConnector(), new FilesSourceOptions { Path = [_folder[file]] }),
            Sink = target,
            WriteMode = target.Name == "target" ? WriteMode.Append : WriteMode.Overwrite,
            Columns = columns,
            Batch = epoch == 0 ? null : new BatchSpec { Strategy = BatchStrategy.FixedSize, Size = epoch },
            Failure = failure,
        }).RunAsync(default));
        return summary!;
    }
}

[Trait("speed", "slow")]
public sealed class PostgresRefusedRowPlaceTests() : RefusedRowPlaceTests(Dialect.Postgres);

[Trait("speed", "slow")]
public sealed class MySqlRefusedRowPlaceTests() : RefusedRowPlaceTests(Dialect.MySql);
