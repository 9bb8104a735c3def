using System.Globalization;
using System.Text;
using System.Xml.Linq;

namespace Millrace.Storage;

/// <summary>Blocks, which have ids that no other upload has, and become a blob by a list of them.</summary>
internal sealed class AzureUpload(AzureBucket bucket, string key, ObjectTagging tagging, WriteMarks marks) : BucketUpload
{
    private const int MostBlocks = 50_000;

    private readonly string _id = Guid.NewGuid().ToString("N");

    public override async ValueTask SendAsync(int number, long offset, ReadOnlyMemory<byte> bytes, CancellationToken cancellation)
    {
        if (number > MostBlocks)
        {
            throw StorageErrors.TooLarge.Error($"'{bucket.Describe(key)}' has {offset} bytes in {MostBlocks} blocks, and Azure takes no more.", ErrorPlace.InFile(bucket.Describe(key)));
        }

        using HttpResponseMessage _ = await bucket.SendAsync(HttpMethod.Put, key, $"comp=block&blockid={Uri.EscapeDataString(BlockId(number))}", bytes, null, default, cancellation).ConfigureAwait(false);
    }

    public override async ValueTask<BucketObject> CompleteAsync(int parts, long size, PutCondition condition, CancellationToken cancellation)
    {
        var list = new XElement("BlockList", Enumerable.Range(1, parts).Select(n => new XElement("Uncommitted", BlockId(n))));
        byte[] body = Encoding.UTF8.GetBytes($"<?xml version=\"1.0\" encoding=\"utf-8\"?>{list.ToString(SaveOptions.DisableFormatting)}");
        using HttpResponseMessage response = await bucket.SendAsync(HttpMethod.Put, key, "comp=blocklist", body, request => AzureMarks.Set(request, tagging, marks), condition, cancellation).ConfigureAwait(false);
        return new BucketObject(key, size, response.Content.Headers.LastModified ?? default, AzureBucket.TagOf(response), marks.Id);
    }

    /// <summary>No request removes blocks without touching the blob that may be there; they go by themselves.</summary>
    public override ValueTask AbortAsync() => ValueTask.CompletedTask;

    private string BlockId(int number) => Convert.ToBase64String(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{_id}{number:D6}")));
}
