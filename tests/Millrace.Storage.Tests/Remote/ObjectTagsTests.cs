using System.Net.Http.Json;
using System.Text.Json;
using System.Xml.Linq;
using Millrace.TestKit;

namespace Millrace.Storage.Tests;

/// <summary>Tags are on every object that is staged with some, whatever its size, and stay when it gets another name.</summary>
[Trait("speed", "slow")]
public sealed class ObjectTagsTests
{
    private const int SeveralParts = 6 << 20;

    private static readonly HttpClient Http = new();

    private static readonly KeyValuePair<string, string>[] Tags =
    [
        new("classification.pii", "email,phone"), new("governance.owner", "Zoë"), new("finops.cost_center", "CC-42"),
        .. Enumerable.Range(0, 12).Select(i => new KeyValuePair<string, string>($"governance.more{i}", new string('x', 300))),
    ];

    [Theory]
    [InlineData(ObjectTagging.Metadata)]
    [InlineData(ObjectTagging.Tags)]
    [InlineData(ObjectTagging.None)]
    public async Task At_Amazon(ObjectTagging tagging)
    {
        S3TestServer server = S3TestServer.Demand();
        string bucket = await server.NewBucketAsync();
        await using IObjectStore store = ObjectStores.Open($"s3://{bucket}/", new StoreOptions
        {
            S3 = new S3Options { Endpoint = server.Endpoint, AccessKeyId = S3TestServer.AccessKey, SecretAccessKey = S3TestServer.Secret, PartSize = Sdk.ByteSize.MiB(5), ObjectTags = tagging },
        }).Store;
        foreach (string name in await WriteAndMoveAsync(store))
        {
            JsonElement found = await server.MetadataAsync(bucket, name);
            Assert.True(found.TryGetProperty("x-amz-meta-millrace-write", out _));
            Check(
                tagging,
                [.. found.EnumerateObject().Where(p => p.Name.StartsWith("x-amz-meta-", StringComparison.Ordinal) && p.Name != "x-amz-meta-millrace-write").Select(p => KeyValuePair.Create(p.Name["x-amz-meta-".Length..], p.Value.GetString()!))],
                [.. found.GetProperty("tags").EnumerateObject().Select(p => KeyValuePair.Create(p.Name, p.Value.GetString()!))],
                '.');
        }
    }

    [Theory]
    [InlineData(ObjectTagging.Metadata)]
    [InlineData(ObjectTagging.Tags)]
    [InlineData(ObjectTagging.None)]
    public async Task In_Azure(ObjectTagging tagging)
    {
        string folder = AzuriteServer.NewFolder();
        var options = new AzureOptions { Endpoint = AzuriteServer.Demand().Endpoint, AccountName = AzuriteServer.Account, AccountKey = AzuriteServer.Key, PartSize = Sdk.ByteSize.MiB(1), ObjectTags = tagging };
        await using IObjectStore store = ObjectStores.Open($"az://{AzuriteServer.Container}/{folder}", new StoreOptions { Azure = options }).Store;
        foreach (string name in await WriteAndMoveAsync(store))
        {
            string blob = $"{options.Endpoint}/{AzuriteServer.Container}/{folder}{name}?{AzuriteServer.Sas("rt", DateTimeOffset.UtcNow.AddHours(1))}";
            using HttpResponseMessage found = await Http.GetAsync(blob);
            Dictionary<string, string> metadata = found.Headers.Where(h => h.Key.StartsWith("x-ms-meta-", StringComparison.Ordinal)).ToDictionary(h => h.Key["x-ms-meta-".Length..], h => h.Value.First());
            Assert.True(metadata.Remove("millrace_write"));
            XDocument tags = XDocument.Parse((await Http.GetStringAsync(blob + "&comp=tags")).TrimStart('\ufeff'));
            Check(tagging, [.. metadata], [.. tags.Descendants("Tag").Select(t => KeyValuePair.Create(t.Element("Key")!.Value, t.Element("Value")!.Value))], '_');
        }
    }

    [Theory]
    [InlineData(ObjectTagging.Metadata)]
    [InlineData(ObjectTagging.None)]
    public async Task At_Google(ObjectTagging tagging)
    {
        string folder = GcsServer.NewFolder();
        var options = new GcsOptions { ObjectTags = tagging };
        await using IObjectStore store = GcsServer.Open(folder, options);
        foreach (string name in await WriteAndMoveAsync(store))
        {
            JsonElement found = await Http.GetFromJsonAsync<JsonElement>($"{GcsServer.Server.Address}/storage/v1/b/{GcsServer.Bucket}/o/{Uri.EscapeDataString(folder + name)}");
            Dictionary<string, string> metadata = found.GetProperty("metadata").EnumerateObject().ToDictionary(p => p.Name, p => p.Value.GetString()!);
            Assert.True(metadata.Remove("millrace-write"));
            Check(tagging, [.. metadata], [], '.');
        }
    }

    // Small and large, written under their names and moved there, freely and under a condition.
    private static async Task<string[]> WriteAndMoveAsync(IObjectStore store)
    {
        foreach ((string name, int size) in new[] { ("small", 5), ("large", SeveralParts), ("from-small", 5), ("from-large", SeveralParts), ("from-free", 5) })
        {
            await using IStagedObject staged = await store.StageAsync(name, Tags, default);
            await staged.WriteAsync(new byte[size], default);
            await staged.PublishAsync(PutCondition.IfAbsent, default);
        }

        await store.MoveAsync("from-small", "moved-small", PutCondition.IfAbsent, default);
        await store.MoveAsync("from-large", "moved-large", PutCondition.IfAbsent, default);
        await store.MoveAsync("from-free", "moved-free", PutCondition.Any, default);
        return ["small", "large", "moved-small", "moved-large", "moved-free"];
    }

    private static void Check(ObjectTagging tagging, IReadOnlyList<KeyValuePair<string, string>> metadata, IReadOnlyList<KeyValuePair<string, string>> tags, char dot)
    {
        if (tagging == ObjectTagging.None)
        {
            Assert.Empty(metadata);
            Assert.Empty(tags);
            return;
        }

        bool areTags = tagging == ObjectTagging.Tags;
        Assert.Empty(areTags ? metadata : tags);
        Dictionary<string, string> found = new(areTags ? tags : metadata, StringComparer.OrdinalIgnoreCase);
        string Name(string name) => areTags ? name : name.Replace('.', dot);
        Assert.Equal(areTags ? "email phone" : "email,phone", found[Name("classification.pii")]);
        Assert.Equal(areTags ? "Zo_" : "Zo%C3%AB", found[Name("governance.owner")]);
        Assert.Equal("CC-42", found[Name("finops.cost_center")]);

        // As many as a cloud takes, in their order.
        Assert.Equal(areTags ? 10 : 7, found.Count);
        Assert.Equal(areTags ? 256 : 300, found[Name("governance.more0")].Length);
    }
}
