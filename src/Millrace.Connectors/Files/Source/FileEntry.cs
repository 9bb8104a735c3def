using Millrace.Storage;

namespace Millrace.Connectors.Files;

/// <summary>A file that was found.</summary>
/// <param name="Key">What the user calls it: the path as given, with the rest of the name; unique within a source.</param>
/// <param name="Store">The store that holds it.</param>
/// <param name="Info">What the store knows of it.</param>
internal sealed record FileEntry(string Key, IObjectStore Store, ObjectInfo Info)
{
    public long Size => Info.Size;

    /// <summary>The first bytes of the file as a file.</summary>
    public FileEntry Head(long size) => this with { Info = Info with { Size = size } };
}
