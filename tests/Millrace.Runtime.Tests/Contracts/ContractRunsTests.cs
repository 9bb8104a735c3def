using Millrace.Columnar;
using Millrace.Runtime.Contracts;
using Millrace.Runtime.Tests.Epochs;
using Millrace.Sdk;
using Millrace.TestKit;

namespace Millrace.Runtime.Tests.Contracts;

/// <summary>Contracts in runs, whose rows are <c>{"id":n,"name":"row n"}</c>.</summary>
public sealed class ContractRunsTests
{
    private static readonly AssetColumn Id = new() { Name = "id", Type = DataType.Int64, Required = true, Max = "6" };
    private static readonly AssetColumn Name = new() { Name = "name", Type = DataType.Utf8, Pattern = "row [^3]$" };

    [Fact]
    public async Task Strict_sets_rows_aside_with_the_rule_that_they_break()
    {
        using RunnerHarness harness = Harness(ContractMode.Strict, Id, Name);
        RunSummary run = await harness.RunAsync(TestContext.Current.CancellationToken);
        Assert.Equal((RunOutcome.Partial, 6L, 4L, 4L), (run.Outcome, run.Rows, run.BadRows, run.NewDeadLetters));
        Assert.Equal(["MR1112", "MR1112", "MR1112", "MR1114"], run.BadRowSample.Select(e => e.Code.Id).Order());
        Assert.Contains("rule 'id.range'", run.BadRowSample.First(e => e.Code.Id == "MR1112").Message, StringComparison.Ordinal);
        Assert.Contains("contract 'a': 3 rows broke the rule 'id.range'", run.Notes);
        Assert.DoesNotContain(harness.Target.Rows, r => r.Contains("\"id\":7", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_job_can_stop_at_the_first_of_them()
    {
        using RunnerHarness harness = Harness(ContractMode.Strict, Id, Name);
        Func<Pipeline, Pipeline> shape = harness.Shape;
        harness.Shape = p => shape(p) with { Failure = new FailureSpec { Stages = new StageStrategies { Contract = FailureStrategy.FailBatch } } };
        RunSummary run = await harness.RunAsync(TestContext.Current.CancellationToken);
        Assert.Equal((RunOutcome.Failed, "MR1112"), (run.Outcome, run.Error!.Code.Id));
    }

    [Fact]
    public async Task Warn_writes_all_rows_and_counts()
    {
        using RunnerHarness harness = Harness(ContractMode.Warn, Id, Name);
        RunSummary run = await harness.RunAsync(TestContext.Current.CancellationToken);
        Assert.Equal((RunOutcome.Succeeded, 10L, 0L), (run.Outcome, run.Rows, run.BadRows));
        Assert.Contains(run.Notes, n => n.Contains("3 rows broke the rule 'id.range' and came through", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Evolve_adds_columns_and_widens_types()
    {
        using RunnerHarness harness = Harness(ContractMode.Evolve, Id with { Type = DataType.Int32, Max = null });
        RunSummary run = await harness.RunAsync(TestContext.Current.CancellationToken);
        Assert.Equal(harness.Input.GoodRows, harness.Target.Rows);
        Assert.Contains(run.Notes, n => n.Contains("~ id integer -> bigint (widened); + name varchar (added)", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Freeze_stops_before_the_first_row()
    {
        using RunnerHarness harness = Harness(ContractMode.Freeze, Id, Name, new AssetColumn { Name = "gone", Type = DataType.Date });
        RunSummary run = await harness.RunAsync(TestContext.Current.CancellationToken);
        Assert.Equal("MR1123", run.Error!.Code.Id);
        Assert.Contains("- gone date", run.Error.Message, StringComparison.Ordinal);
        Assert.Empty(harness.Target.Rows);
    }

    [Fact]
    public async Task A_frozen_contract_that_fits_lets_rows_through()
    {
        using RunnerHarness harness = Harness(ContractMode.Freeze, Id with { Max = null }, Name with { Pattern = null });
        Assert.Equal(10, (await harness.RunAsync(TestContext.Current.CancellationToken)).Rows);
    }

    [Fact]
    public async Task Values_are_looked_up_in_another_dataset()
    {
        using RunnerHarness harness = Harness(ContractMode.Strict, Id with { Max = null, Foreign = new ForeignSpec { Location = "other" } });
        Endpoint other = ReplayConnector.Endpoint(new ReplayInput(5).AddKey(8), FaultPlan.None());
        Func<Pipeline, Pipeline> shape = harness.Shape;
        harness.Shape = p => shape(p) is var shaped ? shaped with { Contract = shaped.Contract! with { Foreign = new Dictionary<string, Endpoint> { ["id"] = other } } } : p;
        RunSummary run = await harness.RunAsync(TestContext.Current.CancellationToken);
        Assert.Equal((8L, 2L), (run.Rows, run.BadRows));
        Assert.Equal("MR1117", run.BadRowSample[0].Code.Id);
    }

    [Fact]
    public async Task A_load_that_breaks_a_quality_rule_is_not_committed()
    {
        using RunnerHarness harness = Harness(ContractMode.Strict, [RowCount("mustBeGreaterThan", "10")], Id with { Max = null }, Name with { Pattern = null });
        RunSummary run = await harness.RunAsync(TestContext.Current.CancellationToken);
        Assert.Equal((RunOutcome.Failed, "MR1127"), (run.Outcome, run.Error!.Code.Id));
        Assert.Contains("'rowCount' is 10, must be greater than 10", run.Error.Message, StringComparison.Ordinal);
        Assert.Empty(harness.Target.Rows);

        harness.Input.AddKey(1);
        Assert.Equal(11, (await harness.RunAsync(TestContext.Current.CancellationToken)).Rows);
        Assert.Equal(harness.Input.GoodRows, harness.Target.Rows);
    }

    [Fact]
    public async Task Rows_that_are_set_aside_do_not_count()
    {
        using RunnerHarness harness = Harness(ContractMode.Strict, [RowCount("mustBe", "7")], Id);
        Assert.Equal((RunOutcome.Partial, 7L), (await harness.RunAsync(TestContext.Current.CancellationToken)) is var run ? (run.Outcome, run.Rows) : default);
    }

    [Theory]
    [InlineData(ContractMode.Warn, null)]
    [InlineData(ContractMode.Strict, "warning")]
    public async Task A_rule_that_only_tells_lets_the_load_through(ContractMode mode, string? severity)
    {
        using RunnerHarness harness = Harness(mode, [RowCount("mustBeGreaterThan", "10") with { Severity = severity }, new QualitySpec { Type = QualityKind.Text, Name = "checked" }], Id with { Max = null });
        RunSummary run = await harness.RunAsync(TestContext.Current.CancellationToken);
        Assert.Equal((RunOutcome.Succeeded, 10L), (run.Outcome, run.Rows));
        Assert.Contains("contract 'a': quality rule 'rowCount' is 10, must be greater than 10", run.Notes);
        Assert.Contains("contract 'a': quality rule 'checked' is not evaluated: it is text for people", run.Notes);
    }

    [Theory]
    [InlineData(false, 1)]
    [InlineData(true, 4)]
    public async Task A_run_is_judged_as_a_whole_unless_its_job_says_when_epochs_end(bool batches, int epochs)
    {
        using RunnerHarness harness = Harness(ContractMode.Strict, [RowCount("mustBeLessThan", batches ? "4" : "11")], Id with { Max = null });
        Func<Pipeline, Pipeline> shape = harness.Shape;
        harness.Shape = p => shape(p) with { ReadMode = ReadMode.Incremental, Batch = batches ? new BatchSpec { Strategy = BatchStrategy.FixedSize, Size = 3 } : null };
        RunSummary run = await harness.RunAsync(TestContext.Current.CancellationToken);
        Assert.Equal((RunOutcome.Succeeded, 10L, epochs), (run.Outcome, run.Rows, run.Epochs));
        Assert.Equal(!batches, run.Batching!.Contains("quality rules", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(BatchStrategy.FixedSize, 5)]
    [InlineData(BatchStrategy.FixedSize, 3)]
    [InlineData(BatchStrategy.LowLatency, null)]
    public async Task A_full_read_whose_last_epoch_has_closed_by_itself_is_not_judged_once_more(BatchStrategy strategy, int? size)
    {
        using RunnerHarness harness = Harness(ContractMode.Strict, [RowCount("mustBeGreaterThan", "0")], Id with { Max = null }, Name with { Pattern = null });
        Func<Pipeline, Pipeline> shape = harness.Shape;
        harness.Shape = p => shape(p) with { Batch = new BatchSpec { Strategy = strategy, Size = size } };
        RunSummary run = await harness.RunAsync(TestContext.Current.CancellationToken);
        Assert.Equal((RunOutcome.Succeeded, 10L), (run.Outcome, run.Rows));
        Assert.Equal(harness.Input.GoodRows, harness.Target.Rows);
    }

    [Theory]
    [InlineData(null)]
    [InlineData(5)]
    public async Task A_full_read_of_no_rows_is_judged(int? size)
    {
        using RunnerHarness harness = Harness(ContractMode.Strict, new ReplayInput(3).AddKey(0), [RowCount("mustBeGreaterThan", "0")], Id with { Max = null });
        Func<Pipeline, Pipeline> shape = harness.Shape;
        harness.Shape = p => shape(p) with { Batch = size is null ? null : new BatchSpec { Strategy = BatchStrategy.FixedSize, Size = size } };
        RunSummary run = await harness.RunAsync(TestContext.Current.CancellationToken);
        Assert.Equal((RunOutcome.Failed, "MR1127"), (run.Outcome, run.Error?.Code.Id));
        Assert.Contains("'rowCount' is 0, must be greater than 0", run.Error!.Message, StringComparison.Ordinal);
    }

    private static QualitySpec RowCount(string bound, string number) => bound switch
    {
        "mustBe" => new QualitySpec { Rule = "rowCount", MustBe = number },
        "mustBeLessThan" => new QualitySpec { Rule = "rowCount", MustBeLessThan = number },
        _ => new QualitySpec { Rule = "rowCount", MustBeGreaterThan = number },
    };

    private static RunnerHarness Harness(ContractMode mode, params AssetColumn[] columns) => Harness(mode, [], columns);

    private static RunnerHarness Harness(ContractMode mode, QualitySpec[] quality, params AssetColumn[] columns)
        => Harness(mode, new ReplayInput(3).AddKey(10), quality, columns);

    private static RunnerHarness Harness(ContractMode mode, ReplayInput input, QualitySpec[] quality, params AssetColumn[] columns)
    {
        var asset = new AssetSpec { Name = "a", Schema = columns, Quality = quality };
        return new RunnerHarness(input)
        {
            Shape = p => p with
            {
                Columns = ColumnPlan.Of(null, asset, mode),
                Contract = new ContractPlan(asset, mode, new Dictionary<string, Endpoint>(), p.BaseDirectory),
                ReadMode = ReadMode.Full,
            },
        };
    }
}
