using Millrace.Storage;
using Xunit;

namespace Millrace.TestKit;

/// <summary>Order, prefixes, folders that are not entered, pages.</summary>
public abstract class ListingConformance : NameConformance
{
    private static readonly string[] Names = ["a-b/x", "a/y", "a.txt", "a/b/c", "b", "Z", "a/b.c", "ab", "ä", "a/b/d/e/f", "_hidden/x", "_hidden/y/z"];

    /// <summary>More objects than one answer of the store holds.</summary>
    protected virtual int SeveralPages => 50;

    [Fact]
    public async Task A_listing_is_in_ordinal_order_of_full_names_and_begins_with_the_prefix()
    {
        await using IObjectStore store = await FilledAsync();
        Assert.Equal(Names.Order(StringComparer.Ordinal), await ListAsync(store, ""));
        Assert.Equal(["a/b.c", "a/b/c", "a/b/d/e/f"], await ListAsync(store, "a/b"));
        Assert.Equal(["a/b/c", "a/b/d/e/f"], await ListAsync(store, "a/b/"));
        Assert.Equal(["a/b/c"], await ListAsync(store, "a/b/c"));
        Assert.Empty(await ListAsync(store, "nothing/here"));
        Assert.Empty(await ListAsync(store, "b/"));
        await FailsAsync(StorageErrors.NameNotAllowed, async () => await ListAsync(store, "../"));
    }

    [Fact]
    public async Task A_listing_knows_what_finding_knows()
    {
        await using IObjectStore store = await FilledAsync();
        foreach (ObjectInfo listed in await store.ListAsync("a", null, default).ToListAsync())
        {
            Assert.Equal(await store.FindAsync(listed.Name, default), listed);
        }
    }

    [Theory]
    [InlineData("", "")]
    [InlineData("", "a/")]
    [InlineData("", "a/ a/b/")]
    [InlineData("", "a/ a/b/ a/b/d/ a-b/")]
    [InlineData("", "_hidden/ a/")]
    [InlineData("", "a/b/ a/b/d/")]
    [InlineData("a/", "a/b/")]
    [InlineData("a/", "")]
    [InlineData("a/b", "a/b/")]
    public async Task Folders_that_are_not_entered_are_left_out_and_those_within_them_not_asked_for(string prefix, string entered)
    {
        await using IObjectStore store = await FilledAsync();
        HashSet<string> enters = [.. entered.Split(' ')];
        var asked = new List<string>();
        string[] found = await ListAsync(store, prefix, folder =>
        {
            asked.Add(folder);
            return enters.Contains(folder);
        });

        // The folders between the prefix's own and a name, from the top.
        string root = prefix[..(prefix.LastIndexOf('/') + 1)];
        IEnumerable<string> FoldersOf(string name)
            => Enumerable.Range(root.Length, name.Length - root.Length).Where(i => name[i] == '/').Select(i => name[..(i + 1)]);
        string[] within = [.. Names.Where(n => n.StartsWith(prefix, StringComparison.Ordinal)).Order(StringComparer.Ordinal)];
        Assert.Equal(within.Where(n => FoldersOf(n).All(enters.Contains)), found);
        Assert.Equal(
            within.SelectMany(FoldersOf).Where(f => FoldersOf(f[..^1]).All(enters.Contains)).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal),
            asked.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_listing_of_several_pages_is_whole_also_with_folders_left_out()
    {
        await using IObjectStore store = await CreateAsync();
        string[] names = [.. Enumerable.Range(0, SeveralPages).Select(i => $"{(char)('a' + (i % 3))}/{i:D5}"), "d"];
        await Parallel.ForEachAsync(names, async (name, _) => await PutAsync(store, name, "1"));
        Assert.Equal(names.Order(StringComparer.Ordinal), await ListAsync(store, ""));
        Assert.Equal(names.Where(n => n[0] != 'b').Order(StringComparer.Ordinal), await ListAsync(store, "", folder => folder != "b/"));
        await store.DeleteAllAsync(names, default);
        Assert.Empty(await ListAsync(store, ""));
    }

    private async Task<IObjectStore> FilledAsync()
    {
        IObjectStore store = await CreateAsync();
        foreach (string name in Names)
        {
            await PutAsync(store, name, name);
        }

        return store;
    }
}
