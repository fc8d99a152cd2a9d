using Chat.Contracts;

namespace Chat.Client.Console.Commands;

/// <summary>What the program's exit code says. Scripts rely on these numbers: they do not change.</summary>
public static class ExitCodes
{
    /// <summary>Done.</summary>
    public const int Ok = 0;

    /// <summary>Something that nobody foresaw.</summary>
    public const int Unexpected = 1;

    /// <summary>Of <c>chat doctor</c>: chat works, but something on the way is wrong.</summary>
    public const int Faulty = 1;

    /// <summary>The command line was not understood.</summary>
    public const int Usage = 2;

    /// <summary>Not signed in, or the server refused the credentials.</summary>
    public const int Unauthenticated = 3;

    /// <summary>No such room or person, or not allowed.</summary>
    public const int NotFound = 4;

    /// <summary>The server will never take this: too large, empty, not UTF-8.</summary>
    public const int Invalid = 5;

    /// <summary>The server could not be reached, could not do it now, or was asked too often; trying again may help.</summary>
    public const int Unavailable = 6;

    /// <summary>The name is taken, or the key was used for something else.</summary>
    public const int Conflict = 7;

    /// <summary>The server's certificate is not one that may be trusted: nobody's, another than the pinned one, or not for this server.</summary>
    public const int Untrusted = 8;

    /// <summary>Ended by Ctrl-C.</summary>
    public const int Interrupted = 130;

    /// <summary>Whoever read the output went away.</summary>
    public const int OutputClosed = 141;

    /// <summary>The code, beside those of the wire contract, of a command line that was not understood.</summary>
    public const string UsageCode = "usage";

    /// <summary>The code for a refusal.</summary>
    public static int For(string code) => code switch
    {
        UsageCode => Usage,
        ErrorCodes.Unauthenticated => Unauthenticated,
        ErrorCodes.NotFound or ErrorCodes.Forbidden => NotFound,
        ErrorCodes.Invalid or ErrorCodes.TooLarge => Invalid,
        ErrorCodes.Unavailable or ErrorCodes.RateLimited => Unavailable,
        ErrorCodes.NameTaken or ErrorCodes.KeyReused => Conflict,
        CertificateTrust.ErrorCode => Untrusted,
        ServerAnswers.RedirectedCode => Unavailable,
        _ => Unexpected,
    };

    /// <summary>The table that <c>chat --help</c> ends with.</summary>
    public const string Table = """
        Exit codes:
          0    done
          1    something unforeseen; doctor: chat works, with faults
          2    the command line was not understood
          3    not signed in, or the credentials were refused
          4    no such room or person, or not allowed
          5    invalid: too large, empty, not UTF-8
          6    the server cannot be reached or cannot do it now; try again later
          7    the name is taken, or the key was used for something else
          8    the server's certificate is not trusted: see --pin and --ca
          130  interrupted by Ctrl-C (143: ended by SIGTERM, 129: by SIGHUP)
          141  whoever read the output went away
        """;
}
