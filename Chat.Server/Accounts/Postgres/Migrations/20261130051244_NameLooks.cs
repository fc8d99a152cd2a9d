using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Chat.Server.Accounts.Postgres.Migrations
{
    /// <inheritdoc />
    public partial class NameLooks : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            // Nodes of the version before go on writing meanwhile: indexes are made concurrently, outside of a transaction, and each step may be repeated.
            Run("""
                ALTER TABLE "Accounts" ADD COLUMN IF NOT EXISTS "NameLook" text COLLATE "C" NULL, ADD COLUMN IF NOT EXISTS "NameRestsUntil" timestamp with time zone NULL,
                    ADD COLUMN IF NOT EXISTS "OwnsNameLook" boolean NOT NULL DEFAULT FALSE
                """);
            Create("INDEX", "IX_Accounts_NameLook", """ON "Accounts" ("NameLook")""");
            Create("UNIQUE INDEX", "IX_Accounts_OwnNameLook", """ON "Accounts" ("NameLook") WHERE "OwnsNameLook" """);

            // Finds the names that an older node has written, without reading the others.
            Create("INDEX", "IX_Accounts_NoNameLook", """ON "Accounts" ("Id") WHERE "NameLook" IS NULL""");

            // An index whose making was broken off stays, is not used, and keeps its name.
            void Create(string what, string name, string on)
            {
                Run($"DROP INDEX CONCURRENTLY IF EXISTS \"{name}\"");
                Run($"CREATE {what} CONCURRENTLY IF NOT EXISTS \"{name}\" {on}");
            }

            void Run(string sql) => migrationBuilder.Sql(sql, suppressTransaction: true);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.Sql("DROP INDEX IF EXISTS \"IX_Accounts_NoNameLook\"");

            migrationBuilder.DropIndex(
                name: "IX_Accounts_NameLook",
                table: "Accounts");

            migrationBuilder.DropIndex(
                name: "IX_Accounts_OwnNameLook",
                table: "Accounts");

            migrationBuilder.DropColumn(
                name: "NameLook",
                table: "Accounts");

            migrationBuilder.DropColumn(
                name: "NameRestsUntil",
                table: "Accounts");

            migrationBuilder.DropColumn(
                name: "OwnsNameLook",
                table: "Accounts");
        }
    }
}
