using Millrace.Connectors.Common;
using Millrace.Sdk;
using Millrace.Storage;

namespace Millrace.Connectors.Files;

/// <summary>
/// What the job itself writes among the files that a path of its source names. Reading it would give the rows of earlier
/// runs again, more with every run.
/// </summary>
internal sealed class OwnOutput
{
    private readonly HashSet<string> _names = new(StringComparer.Ordinal);

    private OwnOutput()
    {
    }

    public static async ValueTask<OwnOutput> FindAsync(PathPattern path, ConnectorContext context, StorePool stores, CancellationToken cancellation)
    {
        var own = new OwnOutput();
        string root = path.Place;
        foreach (string written in context.Outputs.Where(o => o != ConnectorContext.StandardOutput))
        {
            bool isFolder = written.EndsWith('/');
            bool isRemote = ObjectStores.IsRemote(written);
            string output = isRemote ? written : CanonicalPath.Of(isFolder && written.Length > 1 ? written[..^1] : written);
            if (path.File is { } file)
            {
                if (!isFolder && (path.Root is { } local ? CanonicalPath.Of(Path.Combine(local, file)) : root + file) == output)
                {
                    throw FilesErrors.ReadsItsOutput(path.Text);
                }
            }
            else if (!isFolder)
            {
                own.Add(root, output);
            }
            else if (AsFolder(output) is var folder && folder.StartsWith(root, StringComparison.Ordinal) && folder != root)
            {
                own.Add(root, folder);
            }
            else if (folder == root && path.IsFolder)
            {
                throw FilesErrors.ReadsItsOutput(path.Text);
            }
            else if (root.StartsWith(folder, StringComparison.Ordinal))
            {
                foreach (string name in await DatasetContent.CommittedAsync(isRemote ? stores.Open(folder) : new LocalStore(folder), cancellation).ConfigureAwait(false))
                {
                    own.Add(root, folder + name);
                }
            }
        }

        return own;
    }

    /// <summary>Whether a file below the path's folder, or a folder with its slash at the end, is written by the job.</summary>
    public bool Holds(string name) => _names.Contains(name);

    private static string AsFolder(string path) => path.EndsWith('/') ? path : path + "/";

    private void Add(string root, string path)
    {
        if (path.StartsWith(root, StringComparison.Ordinal))
        {
            _names.Add(path[root.Length..]);
        }
    }
}
