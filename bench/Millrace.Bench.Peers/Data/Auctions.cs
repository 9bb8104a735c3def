using Millrace.TestKit.Nexmark;

namespace Millrace.Bench.Peers;

/// <summary>The events of Nexmark as JSON lines, a file for each kind.</summary>
internal static class Auctions
{
    /// <summary>The folder of the files, which are made unless they are there.</summary>
    public static string Folder(long events)
    {
        string folder = Path.Combine(Folders.Data, $"nexmark-{events}");
        if (!Directory.Exists(folder))
        {
            string part = folder + ".part";
            Directory.CreateDirectory(part);
            NexmarkFiles.Write(part, new NexmarkOptions(), events, Environment.ProcessorCount);
            Directory.Move(part, folder);
        }

        return folder;
    }
}
