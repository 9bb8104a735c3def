using Millrace.Storage;

namespace Millrace.Connectors.Files;

/// <summary>
/// Folders for copies of what passes by only once. Each goes when its process ends; those of processes that were killed go with the
/// next that makes one, which finds that nobody holds the file in them.
/// </summary>
internal static class TemporaryFolder
{
    private const string Start = "millrace-pipe-";
    private const string Holder = ".held";

    /// <summary>A new folder, which lasts as long as the process.</summary>
    public static string Create()
    {
        RemoveDead(Path.GetTempPath());
        string folder = Directory.CreateTempSubdirectory(Start).FullName;
        FileStream held = new(Path.Combine(folder, Holder), FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None);
        AppDomain.CurrentDomain.ProcessExit += (_, _) =>
        {
            held.Dispose();
            Directory.Delete(folder, recursive: true);
        };
        return folder;
    }

    private static void RemoveDead(string temporary)
    {
        try
        {
            foreach (string folder in Directory.EnumerateDirectories(temporary, Start + "*"))
            {
                string holder = Path.Combine(folder, Holder);
                if (File.Exists(holder) && !IsHeld(holder))
                {
                    Directory.Delete(folder, recursive: true);
                }
            }
        }
        catch (Exception e) when (LocalFaults.IsFault(e))
        {
            // Of another user, or somebody else was faster.
        }
    }

    private static bool IsHeld(string holder)
    {
        try
        {
            new FileStream(holder, FileMode.Open, FileAccess.ReadWrite, FileShare.None).Dispose();
            return false;
        }
        catch (Exception e) when (LocalFaults.IsFault(e))
        {
            return true;
        }
    }
}
