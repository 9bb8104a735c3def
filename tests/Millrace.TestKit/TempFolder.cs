namespace Millrace.TestKit;

/// <summary>A folder of its own for a test, removed with all that is in it at the end.</summary>
public sealed class TempFolder : IDisposable
{
    private const string Memory = "/dev/shm";

    /// <param name="inMemory">Takes memory for a disk where the system can, for tests that sync often.</param>
    public TempFolder(bool inMemory = false) => Path = inMemory && Directory.Exists(Memory)
        ? Directory.CreateDirectory($"{Memory}/millrace-test-{Guid.NewGuid():N}").FullName
        : Directory.CreateTempSubdirectory("millrace-test-").FullName;

    public string Path { get; }

    public string this[string name] => System.IO.Path.Combine(Path, name);

    /// <summary>Writes a text file, creating folders as needed, and returns its path.</summary>
    public string Write(string name, string text)
    {
        string path = this[name];
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
        return path;
    }

    /// <summary>Names of all files, relative, in ordinal order.</summary>
    public IReadOnlyList<string> Files()
        => [.. Directory.EnumerateFiles(Path, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = 0 })
            .Select(p => System.IO.Path.GetRelativePath(Path, p))
            .Order(StringComparer.Ordinal)];

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
