using System.Text;
using Millrace.Storage;
using Xunit;

namespace Millrace.TestKit;

/// <summary>Names, reading, deleting.</summary>
public abstract class NameConformance : StoreTests
{
    [Fact]
    public async Task What_was_put_is_found_and_read_back_with_its_size_and_tag()
    {
        await using IObjectStore store = await CreateAsync();
        ObjectInfo put = await PutAsync(store, "a/b.txt", "hello");
        ObjectInfo? found = await store.FindAsync("a/b.txt", default);
        await using IObjectReader reader = await store.OpenAsync("a/b.txt", default);
        Assert.NotNull(found);
        Assert.Equal(("a/b.txt", 5L, put.ETag), (found.Name, found.Size, found.ETag));
        Assert.Equal((5L, put.ETag), (reader.Info.Size, reader.Info.ETag));
        Assert.InRange(found.Modified, DateTimeOffset.UtcNow.AddHours(-1), DateTimeOffset.UtcNow.AddHours(1));
        Assert.Null(await store.FindAsync("a/c.txt", default));
        Assert.Null(await store.FindAsync("a", default));
    }

    [Fact]
    public async Task Every_change_of_the_content_changes_the_tag()
    {
        await using IObjectStore store = await CreateAsync();
        ObjectInfo first = await PutAsync(store, "x", "1");
        ObjectInfo second = await PutAsync(store, "x", "22");
        Assert.NotEqual(first.ETag, second.ETag);
        Assert.Equal(second.ETag, (await store.FindAsync("x", default))!.ETag);
    }

    [Fact]
    public async Task A_reader_reads_at_any_place_as_often_as_it_is_asked()
    {
        await using IObjectStore store = await CreateAsync();
        byte[] bytes = Noise(SeveralParts);
        await store.PutAsync("x", bytes, PutCondition.Any, default);
        await using IObjectReader reader = await store.OpenAsync("x", default);
        var random = new Random(5);
        for (int i = 0; i < 60; i++)
        {
            int offset = i % 10 == 0 ? bytes.Length - random.Next(20) : random.Next(bytes.Length);
            var target = new byte[random.Next(1, i % 7 == 0 ? 100_000 : 300)];
            int read = await reader.ReadAsync(offset, target, default);
            Assert.InRange(read, Math.Min(1, bytes.Length - offset), Math.Min(target.Length, bytes.Length - offset));
            Assert.True(bytes.AsSpan(offset, read).SequenceEqual(target.AsSpan(0, read)), $"{read} bytes at {offset}");
        }

        Assert.Equal(0, await reader.ReadAsync(bytes.Length, new byte[8], default));
        Assert.Equal(0, await reader.ReadAsync(bytes.Length + 1000L, new byte[8], default));
        Assert.Equal(0, await reader.ReadAsync(0, Memory<byte>.Empty, default));
    }

    [Fact]
    public async Task Several_reads_of_one_reader_may_run_at_once()
    {
        await using IObjectStore store = await CreateAsync();
        byte[] bytes = Noise(SeveralParts);
        await store.PutAsync("x", bytes, PutCondition.Any, default);
        await using IObjectReader reader = await store.OpenAsync("x", default);
        await Parallel.ForAsync(0, 24, async (i, cancellation) =>
        {
            int offset = i * (bytes.Length / 24);
            var target = new byte[1000];
            int read = await reader.ReadAsync(offset, target, cancellation);
            Assert.True(read > 0 && bytes.AsSpan(offset, read).SequenceEqual(target.AsSpan(0, read)));
        });
    }

    [Fact]
    public async Task Opening_what_is_not_there_says_so()
    {
        await using IObjectStore store = await CreateAsync();
        await FailsAsync(StorageErrors.NotFound, async () => await store.OpenAsync("no/such", default));
    }

    [Theory]
    [InlineData("../x")]
    [InlineData("a/../../x")]
    [InlineData("/etc/passwd")]
    [InlineData("a//b")]
    [InlineData("./a")]
    [InlineData("")]
    [InlineData("a/")]
    [InlineData("a\0b")]
    [InlineData("a\nb")]
    [InlineData("a\\..\\b")]
    public async Task A_name_that_leads_elsewhere_is_refused_by_every_call(string name)
    {
        await using IObjectStore store = await CreateAsync();
        await PutAsync(store, "there", "x");
        await FailsAsync(StorageErrors.NameNotAllowed, async () => await PutAsync(store, name, "x"));
        await FailsAsync(StorageErrors.NameNotAllowed, async () => await store.FindAsync(name, default));
        await FailsAsync(StorageErrors.NameNotAllowed, async () => await store.OpenAsync(name, default));
        await FailsAsync(StorageErrors.NameNotAllowed, async () => await store.StageAsync(name, default));
        await FailsAsync(StorageErrors.NameNotAllowed, async () => await store.DeleteAsync(name, default));
        await FailsAsync(StorageErrors.NameNotAllowed, async () => await store.DeleteAllAsync([name], default));
        await FailsAsync(StorageErrors.NameNotAllowed, async () => await store.MoveAsync("there", name, PutCondition.Any, default));
        await FailsAsync(StorageErrors.NameNotAllowed, async () => await store.MoveAsync(name, "there", PutCondition.Any, default));
        Assert.Equal(["there"], await ListAsync(store, ""));
    }

    [Theory]
    [InlineData("with space/and  two")]
    [InlineData("plus+and%20percent%2F")]
    [InlineData("#hash?query=1&b=2;c")]
    [InlineData("quotes'\"`<>|*")]
    [InlineData("day=2024-01-01/x=%2Fy/part.csv")]
    [InlineData("größe/日本語/имя.csv")]
    [InlineData("e\u0301 is not \u00e9")]
    [InlineData("\U0001F600/\U0001F9EA")]
    [InlineData("(a),[b],{c}!$@^~:=")]
    [InlineData("dots/..x/x../a.b..c")]
    public async Task A_name_with_odd_characters_is_taken_as_it_is(string name)
    {
        await using IObjectStore store = await CreateAsync();
        await PutAsync(store, name, "old");
        await using (IStagedObject staged = await store.StageAsync(name, default))
        {
            await staged.WriteAsync("new"u8.ToArray(), default);
            Assert.Equal(name, (await staged.PublishAsync(PutCondition.Any, default)).Name);
        }

        Assert.Equal([name], await ListAsync(store, ""));
        Assert.Equal([name], await ListAsync(store, name[..^(char.IsSurrogate(name[^1]) ? 2 : 1)]));
        Assert.Equal("new", await TextAsync(store, name));
        await store.MoveAsync(name, name + "2", PutCondition.IfAbsent, default);
        Assert.Equal([name + "2"], await ListAsync(store, ""));
        Assert.Equal("new", await TextAsync(store, name + "2"));
        await store.DeleteAllAsync([name + "2"], default);
        Assert.Empty(await ListAsync(store, ""));
    }

    [Fact]
    public async Task Deleting_what_is_not_there_is_no_error()
    {
        await using IObjectStore store = await CreateAsync();
        await store.DeleteAsync("no/such", default);
        await PutAsync(store, "x", "1");
        await PutAsync(store, "y", "1");
        await store.DeleteAsync("x", default);
        Assert.Equal(["y"], await ListAsync(store, ""));
        await store.DeleteAllAsync(["x", "y", "y", "z/z"], default);
        await store.DeleteAllAsync([], default);
        Assert.Empty(await ListAsync(store, ""));
    }

    [Fact]
    public async Task Moving_keeps_the_content_and_takes_the_old_name_away()
    {
        await using IObjectStore store = await CreateAsync();
        byte[] bytes = Noise(SeveralParts);
        await store.PutAsync("from", bytes, PutCondition.Any, default);
        await PutAsync(store, "d/to", "2");
        await store.MoveAsync("from", "d/to", PutCondition.Any, default);
        Assert.Equal(["d/to"], await ListAsync(store, ""));
        Assert.Equal(bytes, await BytesAsync(store, "d/to"));
        await PutAsync(store, "empty", "");
        await store.MoveAsync("empty", "e", PutCondition.IfAbsent, default);
        Assert.Equal("", await TextAsync(store, "e"));
        await FailsAsync(StorageErrors.NotFound, async () => await store.MoveAsync("no/such", "x", PutCondition.Any, default));
        Assert.Equal(["d/to", "e"], await ListAsync(store, ""));
    }

    [Fact]
    public async Task What_stands_in_a_message_names_the_object()
    {
        await using IObjectStore store = await CreateAsync();
        MillraceException error = await FailsAsync(StorageErrors.NotFound, async () => await store.OpenAsync("a/b.csv", default));
        Assert.Contains(store.Describe("a/b.csv"), error.Message, StringComparison.Ordinal);
        Assert.EndsWith("a/b.csv", store.Describe("a/b.csv"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_call_that_was_cancelled_before_it_began_does_nothing()
    {
        await using IObjectStore store = await CreateAsync();
        var cancelled = new CancellationToken(canceled: true);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await store.PutAsync("x", Encoding.UTF8.GetBytes("1"), PutCondition.Any, cancelled));
        Assert.Empty(await ListAsync(store, ""));
    }
}
