namespace Millrace.Cli;

/// <summary>The screen and keyboard that a line is edited on.</summary>
internal interface ITerminal
{
    /// <summary>Columns of the screen.</summary>
    int Width { get; }

    ConsoleKeyInfo ReadKey();

    void Write(string text);
}

/// <summary>The terminal of the process.</summary>
internal sealed class ConsoleTerminal : ITerminal
{
    public int Width => Console.WindowWidth > 0 ? Console.WindowWidth : 80;

    public ConsoleKeyInfo ReadKey()
    {
        // Ctrl-C is a key here: it clears the line. While a statement runs it is a signal again.
        Console.TreatControlCAsInput = true;
        try
        {
            return Console.ReadKey(intercept: true);
        }
        finally
        {
            Console.TreatControlCAsInput = false;
        }
    }

    public void Write(string text) => Console.Out.Write(text);
}
