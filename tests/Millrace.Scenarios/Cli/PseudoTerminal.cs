using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Millrace.Scenarios.Cli;

/// <summary>Runs the built program on a terminal, types on its keyboard and reads its screen.</summary>
internal sealed partial class PseudoTerminal : IDisposable
{
    public const string Enter = "\r";
    public const string Up = "\u001b[A";
    public const string CtrlC = "\u0003";
    public const string CtrlD = "\u0004";

    // Closed in programs that are started, which otherwise would not see the terminal go away.
    private const int ReadWriteNoControl = 0x80102;

    // A loaded machine is slow; only a test that fails waits so long.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly FileStream _master;
    private readonly Process _process;
    private readonly StringBuilder _screen = new();
    private readonly Lock _lock = new();
    private readonly SemaphoreSlim _more = new(0);
    private int _seen;

    private PseudoTerminal(FileStream master, Process process)
    {
        _master = master;
        _process = process;
        new Thread(Listen) { IsBackground = true }.Start();
    }

    public int ExitCode => _process.ExitCode;

    /// <summary>All that was written to the screen, with the control sequences.</summary>
    public string Screen
    {
        get
        {
            lock (_lock)
            {
                return _screen.ToString();
            }
        }
    }

    /// <summary>Starts the program in a folder, with its state there too, on a screen of 120 columns.</summary>
    public static PseudoTerminal Start(string folder, params string[] arguments)
    {
        int master = OpenTerminal(ReadWriteNoControl);
        Assert.True(master >= 0, "There is no pseudo terminal.");
        var stream = new FileStream(new SafeFileHandle(master, ownsHandle: true), FileAccess.ReadWrite, bufferSize: 0);
        Assert.Equal(0, Grant(master) | Unlock(master));
        var name = new byte[64];
        Assert.Equal(0, NameOf(master, name, name.Length));
        string terminal = Encoding.ASCII.GetString(name, 0, Array.IndexOf(name, (byte)0));

        // A session of its own has the terminal as its keyboard, from which Ctrl-C comes as a signal.
        string command = string.Join(' ', arguments.Prepend(MillraceProcess.Program).Select(a => $"'{a}'"));
        var start = new ProcessStartInfo("/bin/sh", ["-c", $"exec setsid -c -w /bin/sh -c \"stty rows 50 cols 120; exec {command}\" <{terminal} >{terminal} 2>&1"])
        {
            WorkingDirectory = folder,
        };
        start.Environment["TERM"] = "xterm";
        start.Environment["PAGER"] = "cat";
        start.Environment["XDG_STATE_HOME"] = Path.Combine(folder, "state");
        return new PseudoTerminal(stream, Process.Start(start)!);
    }

    public void Type(string keys) => _master.Write(Encoding.UTF8.GetBytes(keys));

    /// <summary>Waits until a text is on the screen behind what was waited for before.</summary>
    public async Task SeeAsync(string text)
        => Assert.True(await SeesAsync(text, Patience), $"'{text}' does not come. The screen:\n{Screen}");

    /// <summary>Whether a text comes to the screen within a time.</summary>
    public async Task<bool> SeesAsync(string text, TimeSpan time)
    {
        long start = Stopwatch.GetTimestamp();
        while (true)
        {
            lock (_lock)
            {
                int at = _screen.ToString(_seen, _screen.Length - _seen).IndexOf(text, StringComparison.Ordinal);
                if (at >= 0)
                {
                    _seen += at + text.Length;
                    return true;
                }
            }

            TimeSpan left = time - Stopwatch.GetElapsedTime(start);
            if (left <= TimeSpan.Zero || !await _more.WaitAsync(left, TestContext.Current.CancellationToken))
            {
                return false;
            }
        }
    }

    public async Task EndAsync()
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Patience);
        await _process.WaitForExitAsync(limit.Token);
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            _process.WaitForExit();
        }

        _process.Dispose();
        _master.Dispose();
    }

    // The end of the program shows as an error of the terminal.
    private void Listen()
    {
        var bytes = new byte[4096];
        Decoder decoder = Encoding.UTF8.GetDecoder();
        var text = new char[4096];
        try
        {
            while (_master.Read(bytes) is > 0 and int read)
            {
                int count = decoder.GetChars(bytes.AsSpan(0, read), text, flush: false);
                lock (_lock)
                {
                    _screen.Append(text, 0, count);
                }

                _more.Release();
            }
        }
        catch (Exception error) when (error is IOException or ObjectDisposedException)
        {
        }
    }

    [LibraryImport("libc", EntryPoint = "posix_openpt", SetLastError = true)]
    private static partial int OpenTerminal(int flags);

    [LibraryImport("libc", EntryPoint = "grantpt")]
    private static partial int Grant(int terminal);

    [LibraryImport("libc", EntryPoint = "unlockpt")]
    private static partial int Unlock(int terminal);

    [LibraryImport("libc", EntryPoint = "ptsname_r")]
    private static partial int NameOf(int terminal, [Out] byte[] name, nint length);
}
