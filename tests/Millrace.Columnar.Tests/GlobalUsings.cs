global using Millrace.TestKit;
