using System.Globalization;
using System.Text.Json.Nodes;
using Millrace.Connectors.Tests.Databases;

namespace Millrace.Connectors.Tests.MySql.Changes;

/// <summary>A job whose server is gone goes on at a replica, by the numbers of transactions.</summary>
[Trait("speed", "slow")]
public sealed class LogFailoverTests : IDisposable
{
    private readonly MariaDbTestServer _primary = MariaDbTestServer.DemandOwn();
    private readonly MariaDbTestServer _replica;
    private readonly string _database;
    private readonly LogPulls _pulls;

    public LogFailoverTests()
    {
        _database = _primary.NewDatabase();
        _replica = MariaDbTestServer.DemandReplicaOf(_primary);

        // The files of the replica have other numbers than those that they are read from first.
        Sql("FLUSH BINARY LOGS; FLUSH BINARY LOGS; CREATE TABLE t (id int PRIMARY KEY, v longtext); INSERT INTO t VALUES (1, 'a'), (2, 'b')");
        _replica.CatchUpWith(_primary);
        _pulls = new LogPulls(_primary, _database)
        {
            BatchRows = 10,
            Options = o => o with { Host = string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{_primary.Port},127.0.0.1:{_replica.Port}"), Port = null },
        };
    }

    public void Dispose()
    {
        _primary.Kill();
        _replica.Kill();
    }

    [Fact]
    public async Task What_follows_comes_once_from_the_replica_whatever_was_being_read()
    {
        await _pulls.RunAsync();
        for (int i = 0; i < 40; i++)
        {
            Sql($"BEGIN; INSERT INTO t SELECT seq, REPEAT('x', 2000) FROM seq_{(i + 1) * 10}_to_{((i + 1) * 10) + 6}; UPDATE t SET v = {i} WHERE id < 10; COMMIT");
        }

        _replica.CatchUpWith(_primary);
        await _pulls.RunAsync(mostBatches: 15);
        _primary.Kill();
        int before = _pulls.Rows.Count;
        Assert.InRange(before, 3, 300);

        _replica.Promote();
        _replica.Sql(_database, "UPDATE t SET v = 'promoted' WHERE id = 2; DELETE FROM t WHERE id = 1");
        await _pulls.RunAsync();
        Assert.Contains(_pulls.Notes, n => n.Contains("read on at", StringComparison.Ordinal));
        _replica.Sql(_database, "FLUSH BINARY LOGS; INSERT INTO t VALUES (9, 'last')");
        Assert.Equal(["I 9 last"], PulledChanges.Brief(await _pulls.RunAsync()));
        Assert.Empty(await _pulls.RunAsync());

        PlanReading.AssertSameRows(
            _replica.Sql(_database, "SELECT JSON_OBJECT('id', id, 'v', v) FROM t").Split('\n').Select(l => JsonNode.Parse(l)!.ToJsonString()),
            _pulls.Folded("id"));
        Assert.Equal(2 + (40 * 9) + 3, _pulls.Rows.Count);
        string[] positions = [.. _pulls.Rows.Skip(2).Select(r => (string)JsonNode.Parse(r)!["_position"]!)];
        Assert.Equal(positions.Order(StringComparer.Ordinal), positions);
        Assert.Equal(positions.Length, positions.Distinct().Count());
    }

    [Fact]
    public async Task A_replica_that_lacks_what_is_committed_is_refused_until_it_catches_up_and_for_good_when_it_goes_another_way()
    {
        await _pulls.RunAsync();
        _replica.Sql(_database, "STOP SLAVE");
        Sql("INSERT INTO t VALUES (3, 'c'); INSERT INTO t VALUES (4, 'd')");
        Assert.Equal(["I 3 c", "I 4 d"], PulledChanges.Brief(await _pulls.RunAsync()));
        _primary.Kill();

        MillraceException behind = await Assert.ThrowsAsync<MillraceException>(() => _pulls.RunAsync());
        Assert.Equal("MR3357", behind.Code.Id);
        Assert.Equal(ErrorClass.Retryable, behind.Code.Class);
        Assert.Contains("does not have the transaction 0-1-5: its domain 0 ends with the number 3", behind.Message, StringComparison.Ordinal);
        Assert.Equal($"{_database}.t", behind.Place!.Stream);

        // The primary comes back, and the replica has all again.
        _primary.Restart();
        _replica.Sql(_database, "START SLAVE");
        _replica.CatchUpWith(_primary);
        _replica.Promote();
        Sql("INSERT INTO t VALUES (5, 'e')");
        Assert.Equal(["I 5 e"], PulledChanges.Brief(await _pulls.RunAsync()));
        _primary.Kill();
        _replica.Sql(_database, "INSERT INTO t VALUES (6, 'other'); INSERT INTO t VALUES (7, 'other')");
        _pulls.Options = o => o with { Port = _replica.Port };
        MillraceException diverged = await Assert.ThrowsAsync<MillraceException>(() => _pulls.RunAsync());
        Assert.Equal("MR3358", diverged.Code.Id);
        Assert.Contains("never had the transaction 0-1-6, and is at the number 7", diverged.Message, StringComparison.Ordinal);
        Assert.Equal(5, _pulls.Rows.Count);
    }

    [Fact]
    public async Task A_replica_whose_log_does_not_reach_back_is_a_loss_but_not_as_long_as_the_primary_may_come_back()
    {
        await _pulls.RunAsync();
        Sql("INSERT INTO t VALUES (3, 'c')");
        _replica.CatchUpWith(_primary);
        while (_replica.Sql(_database, "SHOW BINARY LOGS").Contains(".000001", StringComparison.Ordinal))
        {
            // The server keeps a file until InnoDB has all that is in it.
            _replica.Sql(_database, "FLUSH BINARY LOGS; FLUSH BINARY LOGS; PURGE BINARY LOGS TO 'binlog.000003'");
        }

        _primary.Kill();
        MillraceException both = await Assert.ThrowsAsync<MillraceException>(() => _pulls.RunAsync());
        Assert.Equal(ErrorClass.Retryable, both.Code.Class);

        _pulls.Options = o => o with { Port = _replica.Port };
        MillraceException lost = await Assert.ThrowsAsync<MillraceException>(() => _pulls.RunAsync());
        Assert.Equal("MR3352", lost.Code.Id);
        Assert.Contains("0-1-3", lost.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_position_of_a_file_alone_is_numbered_by_the_next_run_and_refused_elsewhere_before()
    {
        await _pulls.RunAsync();
        Sql("INSERT INTO t VALUES (3, 'c')");
        _replica.CatchUpWith(_primary);
        _pulls.Rewrite(p =>
        {
            p.Remove("gtid");
            p.Remove("server");
        });
        Assert.Equal(["I 3 c"], PulledChanges.Brief(await _pulls.RunAsync()));
        Assert.Contains("0-1-4", _pulls.Position, StringComparison.Ordinal);

        Sql("INSERT INTO t VALUES (4, 'd')");
        _replica.CatchUpWith(_primary);
        _primary.Kill();
        Assert.Equal(["I 4 d"], PulledChanges.Brief(await _pulls.RunAsync()));
        _pulls.Rewrite(p =>
        {
            p.Remove("gtid");
            p["server"] = "1";
        });
        MillraceException error = await Assert.ThrowsAsync<MillraceException>(() => _pulls.RunAsync());
        Assert.Equal("MR3352", error.Code.Id);
    }

    [Fact]
    public async Task A_log_that_was_reset_is_not_taken_for_the_one_that_was_read_though_its_numbers_are_greater()
    {
        await _pulls.RunAsync();
        Sql("RESET MASTER");
        for (int i = 10; i < 20; i++)
        {
            Sql($"INSERT INTO t VALUES ({i}, 'x')");
        }

        _pulls.Options = o => o with { Port = _primary.Port };
        MillraceException error = await Assert.ThrowsAsync<MillraceException>(() => _pulls.RunAsync());
        Assert.Equal("MR3352", error.Code.Id);
        Assert.Contains("reset", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_log_that_was_reset_within_a_second_is_known_by_its_transactions()
    {
        _pulls.Options = o => o with { Port = _primary.Port };
        await _pulls.RunAsync();

        // A file of the same name, begun at the same time, as long as the one that was read.
        _replica.Kill();
        Sql("RESET MASTER; FLUSH BINARY LOGS; FLUSH BINARY LOGS; INSERT INTO t SELECT seq, REPEAT('x', 1000) FROM seq_10_to_20");
        _pulls.Rewrite(p => p["created"] = 0);
        MillraceException error = await Assert.ThrowsAsync<MillraceException>(() => _pulls.RunAsync());
        Assert.Equal("MR3352", error.Code.Id);
        Assert.Contains("other transactions", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_replica_that_does_not_log_what_it_applies_is_refused()
    {
        MariaDbTestServer silent = MariaDbTestServer.DemandReplicaOf(_primary, logs: false);
        try
        {
            silent.Sql("mysql", "SELECT MASTER_GTID_WAIT('0-1-3', 60)");
            _pulls.Options = o => o with { Port = silent.Port };
            MillraceException error = await Assert.ThrowsAsync<MillraceException>(() => _pulls.RunAsync());
            Assert.Equal("MR3350", error.Code.Id);
            Assert.Contains("log_slave_updates", error.Message, StringComparison.Ordinal);
        }
        finally
        {
            silent.Kill();
        }
    }

    private string Sql(string sql) => _primary.Sql(_database, sql);
}
