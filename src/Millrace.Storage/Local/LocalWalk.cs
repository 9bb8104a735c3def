using System.IO.Enumeration;
using System.Runtime.CompilerServices;

namespace Millrace.Storage;

/// <summary>
/// Lists a folder and those within it in ordinal order of full names, folder by folder, so that memory holds one path of
/// folders at a time. Links to folders are not followed; links to files are.
/// </summary>
internal static class LocalWalk
{
    public static async IAsyncEnumerable<ObjectInfo> ListAsync(LocalStore store, string prefix, Func<string, bool>? enter, [EnumeratorCancellation] CancellationToken cancellation)
    {
        await Task.CompletedTask.ConfigureAwait(false);
        string folder = StoreName.FolderOf(prefix);
        var open = new Stack<IEnumerator<Entry>>();
        open.Push(Read(store, folder, prefix[folder.Length..]));
        while (open.TryPeek(out IEnumerator<Entry>? entries))
        {
            cancellation.ThrowIfCancellationRequested();
            if (!entries.MoveNext())
            {
                open.Pop().Dispose();
                continue;
            }

            Entry entry = entries.Current;
            if (entry.IsFolder)
            {
                if (enter is null || enter(entry.Name))
                {
                    open.Push(Read(store, entry.Name, ""));
                }
            }
            else if (store.Guard(entry.Name, writing: false, () => LocalStore.InfoOf(entry.Name, new FileInfo(Path.Combine(store.Root, entry.Name)))) is { } info)
            {
                yield return info;
            }
        }
    }

    private static IEnumerator<Entry> Read(LocalStore store, string folder, string start) => store.Guard(folder.Length == 0 ? "." : folder, writing: false, () =>
    {
        string path = Path.Combine(store.Root, folder);
        var entries = new List<Entry>();
        if (!Directory.Exists(path))
        {
            return entries.GetEnumerator();
        }

        // Names only: a folder may hold a million files, and what is known of each is asked for when it is its turn.
        var found = new FileSystemEnumerable<(string Name, bool IsFolder, bool IsLink)>(
            path,
            static (ref FileSystemEntry e) => (e.FileName.ToString(), e.IsDirectory, e.IsDirectory && e.Attributes.HasFlag(FileAttributes.ReparsePoint)),
            new EnumerationOptions { AttributesToSkip = 0, IgnoreInaccessible = false, MatchType = MatchType.Simple });
        foreach ((string name, bool isFolder, bool isLink) in found)
        {
            if (!name.StartsWith(start, StringComparison.Ordinal) || LocalStagedObject.IsStaged(name) || (isFolder && isLink))
            {
                continue;
            }

            // A folder sorts as its name with the slash that follows in full names.
            entries.Add(isFolder ? new Entry($"{folder}{name}/", true) : new Entry(folder + name, false));
        }

        entries.Sort(static (a, b) => string.CompareOrdinal(a.Name, b.Name));
        return (IEnumerator<Entry>)entries.GetEnumerator();
    });

    private readonly record struct Entry(string Name, bool IsFolder);
}
