using System.Xml.Linq;

namespace Millrace.Storage;

/// <summary>What goes on blobs beside their bytes. Metadata of Azure has names as variables of programs have.</summary>
internal static class AzureMarks
{
    public const string WriteIdHeader = MetadataPrefix + "millrace_write";

    private const string MetadataPrefix = "x-ms-meta-";
    private const string TagsHeader = "x-ms-tags";

    public static void Set(HttpRequestMessage request, ObjectTagging tagging, WriteMarks marks)
        => Set(
            request,
            marks.Id,
            tagging == ObjectTagging.Metadata ? marks.AsMetadata(static c => c == '_') : [],
            tagging == ObjectTagging.Tags ? QueryOf(marks.AsTags()) : "");

    /// <param name="request">Gets the headers.</param>
    /// <param name="writeId">Tells the write from others.</param>
    /// <param name="metadata">The rest of the metadata.</param>
    /// <param name="tags">Tags as a query; empty for none.</param>
    public static void Set(HttpRequestMessage request, string writeId, IEnumerable<KeyValuePair<string, string>> metadata, string tags)
    {
        request.Headers.Add(WriteIdHeader, writeId);
        foreach ((string name, string value) in metadata)
        {
            request.Headers.Remove(MetadataPrefix + name);
            request.Headers.TryAddWithoutValidation(MetadataPrefix + name, value);
        }

        if (tags.Length > 0)
        {
            request.Headers.TryAddWithoutValidation(TagsHeader, tags);
        }
    }

    /// <summary>The metadata of a blob, without the id of its write.</summary>
    public static IReadOnlyList<KeyValuePair<string, string>> MetadataOf(HttpResponseMessage response)
        => [.. response.Headers
            .Where(h => h.Key.StartsWith(MetadataPrefix, StringComparison.OrdinalIgnoreCase) && !h.Key.Equals(WriteIdHeader, StringComparison.OrdinalIgnoreCase))
            .Select(h => KeyValuePair.Create(h.Key[MetadataPrefix.Length..], h.Value.First()))];

    /// <summary>Tags as the service lists them, as a query.</summary>
    public static string TagsOf(string xml)
        => QueryOf(XDocument.Parse(xml.TrimStart('\ufeff')).Descendants("Tag").Select(t => KeyValuePair.Create(t.Element("Key")?.Value ?? "", t.Element("Value")?.Value ?? "")));

    private static string QueryOf(IEnumerable<KeyValuePair<string, string>> tags)
        => string.Join('&', tags.Select(t => $"{Uri.EscapeDataString(t.Key)}={Uri.EscapeDataString(t.Value)}"));
}
