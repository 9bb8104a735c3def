using System.Globalization;
using System.Text.Json.Nodes;

namespace Millrace.Connectors.Tests.Databases;

/// <summary>What reading the changes of a table gives, with every database alike.</summary>
public abstract class ChangedTableTests(Dialect dialect) : DatabaseTests(dialect)
{
    [Fact]
    public async Task The_first_read_gives_the_rows_that_are_there_and_later_ones_what_happened_since()
    {
        PulledChanges pulls = Pulls();
        Sql("CREATE TABLE t (id int PRIMARY KEY, v text); INSERT INTO t VALUES (1, 'a'), (2, 'b')");

        Assert.Equal(["I 1 a", "I 2 b"], PulledChanges.Brief(await pulls.RunAsync()));
        Assert.Empty(await pulls.RunAsync());

        Sql("INSERT INTO t VALUES (3, 'c')");
        Sql("UPDATE t SET v = 'A' WHERE id = 1");
        Sql("DELETE FROM t WHERE id = 2");
        Assert.Equal(["I 3 c", "U 1 A", $"D 2 {OfDeleted("b")}"], PulledChanges.Brief(await pulls.RunAsync()));
        Assert.Empty(await pulls.RunAsync());
    }

    [Fact]
    public async Task A_change_of_the_key_is_a_row_that_goes_and_one_that_comes()
    {
        PulledChanges pulls = Pulls();
        Sql("CREATE TABLE t (id int PRIMARY KEY, v text); INSERT INTO t VALUES (1, 'a')");
        await pulls.RunAsync();
        Sql("UPDATE t SET id = 7 WHERE id = 1");

        Assert.Equal([$"D 1 {OfDeleted("a")}", "U 7 a"], PulledChanges.Brief(await pulls.RunAsync()));
    }

    [Fact]
    public async Task Truncation_comes_as_a_row_of_its_own()
    {
        PulledChanges pulls = Pulls();
        Sql("CREATE TABLE t (id int PRIMARY KEY, v text); CREATE TABLE other (id int); INSERT INTO t VALUES (1, 'a')");
        await pulls.RunAsync();
        Sql("TRUNCATE TABLE other; TRUNCATE TABLE t; INSERT INTO t VALUES (2, 'b')");

        Assert.Equal(["T ∅ ∅", "I 2 b"], PulledChanges.Brief(await pulls.RunAsync()));
    }

    [Fact]
    public async Task What_was_rolled_back_never_comes()
    {
        PulledChanges pulls = Pulls();
        Sql("CREATE TABLE t (id int PRIMARY KEY, v text)");
        await pulls.RunAsync();
        Sql("BEGIN; INSERT INTO t VALUES (3, 'never'); ROLLBACK");
        Sql("BEGIN; INSERT INTO t VALUES (4, 'kept'); SAVEPOINT s; INSERT INTO t VALUES (5, 'never'); ROLLBACK TO s; COMMIT");
        Assert.Equal(["I 4 kept"], PulledChanges.Brief(await pulls.RunAsync()));
    }

    [Fact]
    public async Task Positions_order_the_rows_and_times_are_those_of_the_commits()
    {
        PulledChanges pulls = Pulls();
        Sql("CREATE TABLE t (id int PRIMARY KEY, v text); INSERT INTO t VALUES (1, 'a')");
        await pulls.RunAsync();
        Sql($"INSERT INTO t VALUES {string.Join(", ", Enumerable.Range(2, 19).Select(i => $"({i}, 'x')"))}");
        Sql($"{NextFile}UPDATE t SET v = 'y'");
        await pulls.RunAsync();

        string[] positions = [.. pulls.Rows.Select(PositionOf)];
        Assert.Equal(40, positions.Length);
        Assert.Equal(positions.Order(StringComparer.Ordinal), positions);
        Assert.Equal(positions.Length, positions.Distinct().Count());
        DateTimeOffset[] times = [.. pulls.Rows.Skip(1).Select(r => DateTimeOffset.Parse((string)JsonNode.Parse(r)!["_committed_at"]!, CultureInfo.InvariantCulture))];
        Assert.Equal(times.Order(), times);
        Assert.All(times, t => Assert.InRange(t, DateTimeOffset.UtcNow.AddMinutes(-5), DateTimeOffset.UtcNow.AddMinutes(1)));
    }

    [Theory]
    [InlineData(9)]
    [InlineData(10)]
    [InlineData(11)]
    [InlineData(12)]
    [InlineData(21)]
    public async Task Transactions_are_committed_one_by_one_wherever_batches_are_cut(int rows)
    {
        PulledChanges pulls = Pulls(batchRows: 10);
        Sql("CREATE TABLE t (id int PRIMARY KEY, v text)");
        await pulls.RunAsync();
        int before = pulls.Epochs.Count;
        for (int i = 0; i < 6; i++)
        {
            Sql($"INSERT INTO t VALUES {string.Join(", ", Enumerable.Range(i * 100, rows).Select(id => $"({id}, 'x')"))}");
        }

        await pulls.RunAsync();
        Assert.Equal(6 * rows, pulls.Epochs.Skip(before).Sum());
        Assert.Equal(6, pulls.Epochs.Skip(before).Count(e => e > 0));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task However_runs_die_every_change_comes_once_and_transactions_whole(int seed)
    {
        var random = new Random(seed);
        PulledChanges pulls = Pulls(batchRows: 7);
        Sql(CreateBodies);
        Sql($"INSERT INTO t VALUES {string.Join(", ", Enumerable.Range(1, 20).Select(i => $"({i}, 0, repeat('{i}', 3000))"))}");
        int version = 0;
        void Write()
        {
            for (int i = random.Next(1, 4); i > 0; i--)
            {
                var statements = new List<string>();
                for (int j = random.Next(1, 10); j > 0; j--)
                {
                    int id = random.Next(1, 60);
                    version++;
                    statements.Add(random.Next(6) switch
                    {
                        0 => $"DELETE FROM t WHERE id = {id}",
                        1 => MoveIfFree(id, id + 1000),
                        2 => $"UPDATE t SET body = repeat('z', {random.Next(5000)}) WHERE id = {id}",
                        3 => $"UPDATE t SET v = {version} WHERE id % 3 = {version % 3}",
                        _ => $"INSERT INTO t VALUES ({id}, {version}, repeat('{id}', 2000)) {OrElse} v = {version}",
                    });
                }

                Sql($"{(random.Next(8) == 0 ? NextFile : "")}BEGIN; {string.Join("; ", statements)}; COMMIT");
            }
        }

        for (int run = 0; run < 15; run++)
        {
            Write();
            int meanwhile = random.Next(3);
            await pulls.RunAsync(random.Next(3) == 0 ? int.MaxValue : random.Next(1, 12), () =>
            {
                if (meanwhile-- > 0)
                {
                    Write();
                }
            });
        }

        await pulls.RunAsync();
        PlanReading.AssertSameRows(Sql(SelectBodies).Split('\n').Select(l => JsonNode.Parse(l)!.ToJsonString()), pulls.Folded("id"));
        string[] positions = [.. pulls.Rows.Select(PositionOf).Where(IsChange)];
        Assert.Equal(positions.Length, positions.Distinct().Count());

        // No transaction stands in two commits.
        var epochOf = new Dictionary<string, int>(StringComparer.Ordinal);
        int at = 0;
        for (int epoch = 0; epoch < pulls.Epochs.Count; at += pulls.Epochs[epoch], epoch++)
        {
            foreach (string transaction in pulls.Rows.Skip(at).Take(pulls.Epochs[epoch]).Select(PositionOf).Where(IsChange).Select(p => p[..16]))
            {
                Assert.True(epochOf.TryAdd(transaction, epoch) || epochOf[transaction] == epoch, $"The transaction at {transaction} is in the commits {epochOf[transaction]} and {epoch}.");
            }
        }
    }

    /// <summary>Reads the changes of the table <c>t</c>.</summary>
    private protected abstract PulledChanges Pulls(int batchRows = 1000);

    /// <summary>What a deleted row tells of a column that is not of the key.</summary>
    protected abstract string OfDeleted(string value);

    /// <summary>Makes the server begin another file of its log, where that is of interest.</summary>
    protected virtual string NextFile => "";

    /// <summary>Makes <c>t</c> with <c>id</c>, <c>v</c> and long values in <c>body</c>.</summary>
    protected abstract string CreateBodies { get; }

    /// <summary>Its rows as JSON.</summary>
    protected abstract string SelectBodies { get; }

    /// <summary>What stands behind an insert that is an update where the row is there.</summary>
    protected abstract string OrElse { get; }

    protected abstract string MoveIfFree(int id, int to);

    private static string PositionOf(string row) => (string)JsonNode.Parse(row)!["_position"]!;

    // Rows that were there at the beginning have one position.
    private static bool IsChange(string position) => !position.EndsWith("-00000000", StringComparison.Ordinal);
}
