using System.Globalization;

namespace Millrace.Connectors.Tests.Databases;

/// <summary>A table of a real server is written exactly once, wherever the run dies and the network is cut.</summary>
public abstract class GuaranteeTests(Dialect dialect) : DatabaseTests(dialect)
{
    private static int _tables;

    [Theory]
    [InlineData(WriteMode.Append)]
    [InlineData(WriteMode.Merge)]
    [InlineData(WriteMode.Overwrite)]
    public async Task A_job_that_dies_or_loses_its_connection_at_any_step_writes_every_row_once(WriteMode mode) => await ProveAsync(mode);

    protected async Task ProveAsync(WriteMode mode)
    {
        ProofReport report = await GuaranteeProof.RunAsync(New, Options(mode));

        Assert.Equal(DeliveryGuarantee.ExactlyOnce, report.Guarantee);
        Assert.True(report.Steps > 40 && report.Faults > 15, report.ToString());
        TestContext.Current.TestOutputHelper?.WriteLine(report.ToString());
    }

    [Fact]
    public Task Nothing_leaks_from_a_run_that_is_interrupted()
        => LeakCheck.RunAsync(() => GuaranteeProof.RunAsync(New, Options(WriteMode.Append) with { Rows = 8, EpochRows = 4, Stride = 7, RandomCases = 0 }));

    private static ProofOptions Options(WriteMode mode) => new()
    {
        Rows = 15,
        EpochRows = IsOfWholes(mode) ? null : 5,
        WriteMode = mode,
        ReadMode = IsOfWholes(mode) ? ReadMode.Full : ReadMode.Incremental,
        Kinds = [FaultKind.Crash, FaultKind.Error],
        Stride = ProofStride.Or(4),
        RandomCases = 6,
    };

    // What all rows are compared with, or replaced by, is read as a whole.
    private static bool IsOfWholes(WriteMode mode) => mode is WriteMode.Overwrite or WriteMode.SnapshotDiff or WriteMode.Scd2;

    private ProofTarget New()
    {
        string table = Dialect.Table(string.Create(CultureInfo.InvariantCulture, $"proof_{Interlocked.Increment(ref _tables)}"));
        var wire = new FaultyWire(Server.Port);
        return new ProofTarget
        {
            Connector = plan =>
            {
                wire.Begin(plan);
                return Dialect.Connector;
            },
            Options = Dialect.Target(wire.Port, Database, table),
            ReadBack = () => Task.FromResult<IReadOnlyList<string>>(Dialect.RowsOf(Server, Database, table).Split('\n', StringSplitOptions.RemoveEmptyEntries)),
            Release = wire.Dispose,
        };
    }
}

[Trait("speed", "slow")]
public sealed class PostgresGuaranteeTests() : GuaranteeTests(Dialect.Postgres)
{
    [Theory]
    [InlineData(WriteMode.SnapshotDiff)]
    [InlineData(WriteMode.Scd2)]
    public async Task A_snapshot_that_dies_or_loses_its_connection_at_any_step_is_brought_in_once(WriteMode mode) => await ProveAsync(mode);
}

[Trait("speed", "slow")]
public sealed class MySqlGuaranteeTests() : GuaranteeTests(Dialect.MySql);
