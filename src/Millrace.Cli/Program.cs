using System.Text;
using Millrace.Cli;

// Text is UTF-8 whatever the locale says; without this, a bare container prints question marks.
Console.OutputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);
NativeHeap.KeepLargeBlocksApart();
return await App.RunAsync(args, CancellationToken.None).ConfigureAwait(false);
