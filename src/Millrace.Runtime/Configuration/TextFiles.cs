using System.Text;

namespace Millrace.Runtime;

/// <summary>Files that people write: jobs, contracts, statements.</summary>
public static class TextFiles
{
    /// <summary>The largest file, in bytes.</summary>
    public const long MaxBytes = 16 << 20;

    /// <summary>The text of a file, which is UTF-8. A file that is not there is an error with the nearest name.</summary>
    /// <param name="path">Path of the file.</param>
    /// <param name="notText">What a file of other bytes is.</param>
    public static string Read(string path, ErrorCode notText)
    {
        try
        {
            var file = new FileInfo(path);
            if (file.Exists && file.Length > MaxBytes)
            {
                throw ConfigurationErrors.TooLarge.Error($"The file has {file.Length} bytes; at most {MaxBytes} are read.", ErrorPlace.InFile(path));
            }

            return File.ReadAllText(path, new UTF8Encoding(false, throwOnInvalidBytes: true));
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            string folder = Path.GetDirectoryName(Path.GetFullPath(path)) ?? ".";
            IEnumerable<string> near = Directory.Exists(folder) ? Directory.EnumerateFiles(folder).Select(f => Path.GetFileName(f)!) : [];
            throw ConfigurationErrors.FileNotFound.Error($"The file does not exist{NearestName.Suggest(Path.GetFileName(path), near)}.", ErrorPlace.InFile(path), inner: e);
        }
        catch (Exception e) when (e is UnauthorizedAccessException or IOException)
        {
            throw ConfigurationErrors.FileNotReadable.Error($"The file cannot be read: {e.Message}", ErrorPlace.InFile(path), inner: e);
        }
        catch (DecoderFallbackException e)
        {
            throw notText.Error("The file is not text in UTF-8.", ErrorPlace.InFile(path), inner: e);
        }
    }
}
