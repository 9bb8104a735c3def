using System.Text.Json.Nodes;
using Millrace.Sdk;

namespace Millrace.Runtime.Tests.Epochs;

public sealed class SplitLogTests
{
    [Fact]
    public void Keys_that_are_forgotten_are_gone_with_the_next_commit_and_back_after_an_abort()
    {
        var log = new SplitLog();
        log.Start(new Checkpoint
        {
            Job = "job",
            Epoch = 3,
            CreatedAt = DateTimeOffset.UnixEpoch,
            Splits = new Dictionary<string, SplitProgress> { ["a"] = new(null, true), ["b"] = new(new Position(new JsonObject { ["row"] = 1 }), true) },
        });

        log.Forget(["a", "never"]);

        Assert.False(log.HasMoved);
        Assert.Equal(["b"], log.Snapshot().Keys);
        log.Abort();
        Assert.Equal(["a", "b"], log.Snapshot().Keys.Order());
        log.Forget(["a"]);
        log.Commit(log.Snapshot());
        log.Abort();
        Assert.Equal(["b"], log.Snapshot().Keys);
    }
}
