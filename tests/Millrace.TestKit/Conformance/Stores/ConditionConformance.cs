using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using Millrace.Storage;
using Xunit;

namespace Millrace.TestKit;

/// <summary>Writes that take effect under a condition only, by one writer and by many.</summary>
public abstract class ConditionConformance : ListingConformance
{
    [Fact]
    public async Task A_write_that_needs_the_name_to_be_free_fails_where_it_is_taken()
    {
        await using IObjectStore store = await CreateAsync();
        await PutAsync(store, "x", "1", PutCondition.IfAbsent);
        await FailsAsync(StorageErrors.AlreadyExists, () => PutAsync(store, "x", "2", PutCondition.IfAbsent));
        Assert.Equal("1", await TextAsync(store, "x"));
        await store.DeleteAsync("x", default);
        await PutAsync(store, "x", "3", PutCondition.IfAbsent);
        Assert.Equal("3", await TextAsync(store, "x"));
    }

    [Fact]
    public async Task A_write_on_an_outdated_tag_fails_and_changes_nothing()
    {
        await using IObjectStore store = await CreateAsync();
        ObjectInfo first = await PutAsync(store, "x", "1");
        ObjectInfo second = await PutAsync(store, "x", "22", PutCondition.IfMatch(first.ETag));
        await FailsAsync(StorageErrors.Changed, () => PutAsync(store, "x", "333", PutCondition.IfMatch(first.ETag)));
        Assert.Equal("22", await TextAsync(store, "x"));
        await store.DeleteAsync("x", default);
        await FailsAsync(StorageErrors.Changed, () => PutAsync(store, "x", "4", PutCondition.IfMatch(second.ETag)));
        Assert.Null(await store.FindAsync("x", default));
    }

    [Fact]
    public async Task A_listed_tag_serves_as_a_condition()
    {
        await using IObjectStore store = await CreateAsync();
        await PutAsync(store, "x", "1");
        ObjectInfo listed = Assert.Single(await store.ListAsync("", null, default).ToListAsync());
        await PutAsync(store, "x", "22", PutCondition.IfMatch(listed.ETag));
        Assert.Equal("22", await TextAsync(store, "x"));
    }

    [Fact]
    public async Task Moving_under_a_condition_that_does_not_hold_keeps_both()
    {
        await using IObjectStore store = await CreateAsync();
        await PutAsync(store, "from", "11");
        ObjectInfo old = await PutAsync(store, "to", "2");
        await FailsAsync(StorageErrors.AlreadyExists, async () => await store.MoveAsync("from", "to", PutCondition.IfAbsent, default));
        ObjectInfo now = await PutAsync(store, "to", "333");
        await FailsAsync(StorageErrors.Changed, async () => await store.MoveAsync("from", "to", PutCondition.IfMatch(old.ETag), default));
        Assert.Equal(("11", "333"), (await TextAsync(store, "from"), await TextAsync(store, "to")));
        await store.MoveAsync("from", "to", PutCondition.IfMatch(now.ETag), default);
        Assert.Equal(["to"], await ListAsync(store, ""));
        Assert.Equal("11", await TextAsync(store, "to"));
    }

    [Fact]
    public async Task Of_many_writers_one_creates_an_object_that_must_be_absent()
    {
        Assert.SkipUnless(HasAtomicAbsence, "The store looks before it writes.");
        await using IObjectStore store = await CreateAsync();
        for (int round = 0; round < 8; round++)
        {
            string name = string.Create(CultureInfo.InvariantCulture, $"commits/{round}");
            var won = new ConcurrentBag<int>();
            await Parallel.ForAsync(0, 16, new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (i, _) =>
            {
                if (await WinsAsync(() => WriteAsync(store, name, i.ToString(CultureInfo.InvariantCulture), i % 2 == 0, PutCondition.IfAbsent)))
                {
                    won.Add(i);
                }
            });
            Assert.Equal(Assert.Single(won).ToString(CultureInfo.InvariantCulture), await TextAsync(store, name));
        }
    }

    [Fact]
    public async Task No_increment_of_many_writers_is_lost()
    {
        Assert.SkipUnless(HasAtomicTags, "The store looks before it writes.");
        await using IObjectStore store = await CreateAsync();
        await PutAsync(store, "count", "0");
        const int writers = 4;
        const int each = 10;
        await Parallel.ForAsync(0, writers, new ParallelOptions { MaxDegreeOfParallelism = writers }, async (_, cancellation) =>
        {
            for (int done = 0; done < each;)
            {
                ObjectInfo seen = (await store.FindAsync("count", cancellation))!;
                if (await WinsAsync(async () =>
                {
                    int count = int.Parse(await TextAsync(store, "count"), CultureInfo.InvariantCulture);
                    await WriteAsync(store, "count", (count + 1).ToString(CultureInfo.InvariantCulture), staged: done % 2 == 0, PutCondition.IfMatch(seen.ETag));
                }))
                {
                    done++;
                }
            }
        });
        Assert.Equal((writers * each).ToString(CultureInfo.InvariantCulture), await TextAsync(store, "count"));
    }

    private static async Task WriteAsync(IObjectStore store, string name, string text, bool staged, PutCondition condition)
    {
        if (!staged)
        {
            await PutAsync(store, name, text, condition);
            return;
        }

        await using IStagedObject target = await store.StageAsync(name, default);
        await target.WriteAsync(Encoding.UTF8.GetBytes(text), default);
        await target.PublishAsync(condition, default);
    }

    private static async Task<bool> WinsAsync(Func<Task> write)
    {
        try
        {
            await write();
            return true;
        }
        catch (MillraceException e) when (e.Code == StorageErrors.AlreadyExists || e.Code == StorageErrors.Changed)
        {
            return false;
        }
    }
}
