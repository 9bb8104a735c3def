namespace Millrace.Storage;

/// <summary>What a store knows of an object without reading it.</summary>
/// <param name="Name">Name in the store.</param>
/// <param name="Size">Bytes.</param>
/// <param name="Modified">When it was last written, by the store's clock.</param>
/// <param name="ETag">Changes whenever the content does, as far as the store can tell.</param>
public sealed record ObjectInfo(string Name, long Size, DateTimeOffset Modified, string ETag)
{
    /// <summary>Whether the name leads to something that has another name too, and changes under that.</summary>
    public bool IsLink { get; init; }
}
