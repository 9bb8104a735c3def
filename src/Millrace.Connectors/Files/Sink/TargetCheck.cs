using Millrace.Sdk;
using Millrace.Storage;

namespace Millrace.Connectors.Files;

/// <summary>Tries whether a folder can be written to, leaving nothing behind.</summary>
internal static class TargetCheck
{
    public static async ValueTask<CheckFinding> WritableAsync(TargetPath target, IObjectStore store, CancellationToken cancellation)
    {
        if (store is IProbedStore remote)
        {
            return await RemoteAsync(target, remote, cancellation).ConfigureAwait(false);
        }

        // A folder that does not exist yet is made in the nearest one above it that does.
        string folder = target.Folder;
        while (!Directory.Exists(folder) && Path.GetDirectoryName(folder) is { } parent)
        {
            folder = parent;
        }

        string display = folder == target.Folder && target.Display.Length > 0 ? target.Display : folder;
        string subject = $"write into {display}";
        try
        {
            var local = new LocalStore(folder, display);
            await using (local.ConfigureAwait(false))
            {
                IStagedObject probe = await local.StageAsync("probe", cancellation).ConfigureAwait(false);
                await probe.DisposeAsync().ConfigureAwait(false);
            }

            return CheckFinding.Pass(subject, folder == target.Folder ? "may be written" : $"may be written; '{target.Display}' will be made in it");
        }
        catch (MillraceException e)
        {
            return CheckFinding.Fail(subject, e);
        }
    }

    private static async ValueTask<CheckFinding> RemoteAsync(TargetPath target, IProbedStore store, CancellationToken cancellation)
    {
        string subject = $"write into {target.Display}/";
        try
        {
            return CheckFinding.Pass(subject, string.Join("; ", await store.ProbeAsync(cancellation).ConfigureAwait(false)));
        }
        catch (MillraceException e)
        {
            return CheckFinding.Fail(subject, e);
        }
    }
}
